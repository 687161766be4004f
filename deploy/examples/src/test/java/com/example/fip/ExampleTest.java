package com.example.fip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleTest {
  private static final Path DIGITS =
      Path.of("../../fip-spark/src/main/resources/org/fip/spark/data/optdigits.csv.gz");

  @Test
  void learnsDigitsWithoutLosingOthers(@TempDir Path folder) throws Exception {
    Digits digits = new Digits(DIGITS);
    EncodedExamples low = digits.select(label -> label < 5, 1);
    EncodedExamples high = digits.select(label -> label >= 5, 1);
    Network trained = OwnNetwork.train(low);
    assertTrue(OwnNetwork.accuracy(trained, low) > 0.98, "own objective trains");

    LocalFolder start = new LocalFolder(folder.resolve("low"));
    trained.withClasses(10).save(start);
    Network wide = Network.load(start);
    float[] direction = wide.weights().clone();
    EncodedExamples kept = digits.select(label -> label < 5, 5).withoutLabels();
    TenLines.Result result =
        TenLines.run(start, kept, high, direction, new LocalFolder(folder.resolve("all")));

    assertTrue(OwnNetwork.accuracy(result.network(), low) > 0.9, "what was learned is kept");
    assertTrue(OwnNetwork.accuracy(result.network(), high) > 0.9, "the task is learned");
    assertEquals(
        OwnNetwork.accuracy(result.network(), high),
        OwnNetwork.accuracy(Network.load(new LocalFolder(folder.resolve("all"))), high),
        "what was saved is what was walked to");
    try (Manifold manifold = Manifold.local(wide, Map.of("kept", kept));
        Point point = manifold.at(wide.weights())) {
      double form = point.metricForm(Metric.FISHER, Batch.all("kept"), 0, direction);
      double product = 0;
      for (int i = 0; i < direction.length; i++) {
        product += (double) direction[i] * result.product()[i];
      }
      assertEquals(form, product, 1e-4 * form, "v^T (G v)");
    }
    List<Double> values =
        result.spectrum().eigenvalues().stream().map(pair -> pair.value()).toList();
    assertEquals(5, values.size());
    double trace = result.spectrum().trace().value();
    assertTrue(
        values.get(0) > values.get(4) && values.get(0) < trace, () -> values + " of " + trace);
  }

  @Test
  void runsAsAProgram(@TempDir Path folder) throws Exception {
    OwnNetwork.main(new String[] {DIGITS.toString(), folder.toString()});
    assertTrue(Files.exists(folder.resolve("all/model.safetensors")));
  }

  @Test
  void isWhatTheReadmeShows() throws Exception {
    String page = Files.readString(Path.of("../../README.md"));
    int from = page.indexOf("```java\n") + 8;
    List<String> shown = page.substring(from, page.indexOf("```", from)).strip().lines().toList();
    String code = Files.readString(Path.of("src/main/java/com/example/fip/TenLines.java"));
    int place = 0;
    for (String line : shown) {
      int next = code.indexOf(line.strip(), place);
      assertTrue(next >= 0, () -> "not in TenLines.java in this order: " + line);
      place = next + line.strip().length();
    }
    assertTrue(shown.size() > 10, shown::toString);
  }
}
