package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.network.Network;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All logits of a network without weights are zero: it says class 0 with loss ln 10. */
class EvaluateCommandTest {
  @TempDir private Path folder;
  private String network;

  @BeforeEach
  void writeNetwork() throws IOException {
    Network random = SampleNetwork.random();
    network =
        SampleNetwork.save(
                random.withWeights(new float[random.weights().length]), folder.resolve("net"))
            .toString();
  }

  @Test
  void measuresAllOfASplit() {
    CommandLineRun run =
        CommandLineRun.of("evaluate", "--network", network, "--data", "builtin:digits", "--json");
    run.assertOk();
    JsonNode json = run.json();
    assertEquals(355, json.get("examples").asInt());
    assertEquals(zeros() / 355.0, json.get("accuracy").asDouble(), 1e-12);
    assertEquals(Math.log(10), json.get("loss").asDouble(), 1e-6);
  }

  @Test
  void measuresSomeClassesOfTheOtherSplit() {
    CommandLineRun run =
        CommandLineRun.of(
            "evaluate",
            "--network",
            network,
            "--data",
            "builtin:digits",
            "--split",
            "train",
            "--labels",
            "0,3",
            "--limit",
            "40");
    run.assertOk();
    assertEquals("accuracy 50.00 %, loss 2.3026, 40 examples\n", run.out());
  }

  @Test
  void shiftsLabels() {
    CommandLineRun run =
        CommandLineRun.of(
            "evaluate",
            "--network",
            network,
            "--data",
            "builtin:digits",
            "--labels",
            "0",
            "--label-offset",
            "1",
            "--json");
    run.assertOk();
    assertEquals(0, run.json().get("accuracy").asDouble());
  }

  private static int zeros() {
    int[] labels =
        DataSets.read(
                DataSelector.of("builtin:digits", DataSelector.TEST), new Configuration(false))
            .labels();
    int zeros = 0;
    for (int label : labels) {
      zeros += label == 0 ? 1 : 0;
    }
    return zeros;
  }
}
