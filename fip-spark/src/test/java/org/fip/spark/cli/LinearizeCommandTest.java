package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.fip.core.network.Network;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinearizeCommandTest {
  @TempDir private Path folder;
  private Path network;

  @BeforeEach
  void writeInputs() throws IOException {
    Network random = SampleNetwork.random();
    network = SampleNetwork.save(random, folder.resolve("net"));
    double[] v = new double[random.weights().length];
    v[3] = 1;
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    writer.add("pixel_values", ElementType.F64, new long[] {3, 1, 8, 8}, ramp(3 * 64));
    writer.add("labels", ElementType.I64, new long[] {3}, new long[] {0, 9, 4});
    writer.add("v", ElementType.F64, new long[] {v.length}, v);
    try (OutputStream out = Files.newOutputStream(folder.resolve("in.safetensors"))) {
      writer.writeTo(out);
    }
  }

  private static double[] ramp(int length) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = (double) i / length;
    }
    return values;
  }

  @Test
  void writesWhatTheInputsAllow() throws IOException {
    CommandLineRun run =
        linearize("in.safetensors", "--precision", "float64", "--shards", "2", "--json");
    run.assertOk();
    TreeSet<String> listed = new TreeSet<>();
    run.json().get("tensors").forEach(name -> listed.add(name.asText()));
    TreeSet<String> written = new TreeSet<>();
    try (SafetensorsReader reader =
        SafetensorsReader.open(new LocalFolder(folder).openRandom("out.safetensors"), "out")) {
      reader.tensors().forEach(tensor -> written.add(tensor.name()));
    }
    assertEquals(listed, written);
    assertTrue(written.contains("Gv") && written.contains("grad"), written.toString());
    assertTrue(!written.contains("JTu"), written.toString());
  }

  @Test
  void refusesWrongOptionsAndInputs() {
    linearize("in.safetensors", "--shards", "0")
        .assertFails(
            64,
            "invalid value for option '--shards': 0 is not positive; 'fip linearize --help' shows"
                + " how");
    CommandLineRun half = linearize("in.safetensors", "--precision", "half");
    assertEquals(64, half.exitCode());
    assertTrue(half.err().startsWith("error: invalid value for option '--precision'"), half.err());
    linearize("absent.safetensors")
        .assertFails(
            66, "--inputs: file:" + folder + "/absent.safetensors does not exist; check the path");
    CommandLineRun data = linearize("net/config.json");
    assertEquals(65, data.exitCode());
  }

  private CommandLineRun linearize(String inputs, String... more) {
    String[] start = {
      "linearize",
      "--network",
      network.toString(),
      "--inputs",
      folder + "/" + inputs,
      "--out",
      folder + "/out.safetensors"
    };
    return CommandLineRun.of(start, more);
  }
}
