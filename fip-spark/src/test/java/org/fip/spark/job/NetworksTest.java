package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.spark.recipe.NetworkKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of networks that recipes begin with. */
class NetworksTest {
  private static final NetworkKind.Lookup KINDS = Networks.kinds(new Configuration());

  @TempDir private static Path temporary;

  private static InputStream config(String fixture) {
    return NetworksTest.class.getResourceAsStream("/fixtures/" + fixture + "/config.json");
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20, NORMALIZED",
    "resnet18-hf, NORMALIZED",
    "lenet5, PLAIN",
    "vit, PLAIN",
    "bert-legacy-keys, PLAIN"
  })
  void theKindIsThatOfTheArchitecture(String fixture, NetworkKind kind) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve(fixture));
    try (InputStream in = config(fixture)) {
      Files.copy(in, folder.resolve("config.json"));
    }
    // No weights are needed.
    assertEquals(kind, KINDS.of(new NetworkKind.Start(folder.toString(), null, null)));
    try (InputStream in = config(fixture)) {
      JsonNode architecture = new ObjectMapper().readTree(in);
      assertEquals(kind, KINDS.of(new NetworkKind.Start(null, architecture, null)));
    }
  }

  @Test
  void aPathThatWasBegunIsEnoughWhenItsNetworkIsGone() {
    Digits.train(temporary.resolve("begun"), 0, "path.steps=1", "path.checkpointEvery=1");
    String gone = temporary.resolve("gone").toString();
    String begun = temporary.resolve("begun").toString();
    assertEquals(NetworkKind.PLAIN, KINDS.of(new NetworkKind.Start(gone, null, begun)));
    NetworkKind.Start nowhere =
        new NetworkKind.Start(gone, null, temporary.resolve("other").toString());
    FipException failure = assertThrows(FipException.class, () -> KINDS.of(nowhere));
    assertEquals(FipException.Category.NOT_FOUND, failure.category());
  }
}
