package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application's jar under YARN, on a Spark older than the one that it is compiled against. */
class YarnIT {
  private static final int STEPS = 20;

  @TempDir static Path folder;
  private static Yarn yarn;

  @BeforeAll
  static void start() throws IOException {
    Digits.network().save(new LocalFolder(folder.resolve("net")));
    Digits.adaptRecipe(folder, STEPS, STEPS);
    yarn = new Yarn(folder.resolve("yarn"));
  }

  @AfterAll
  static void stop() {
    if (yarn != null) {
      yarn.close();
    }
  }

  @Test
  void everyExecutorIsWell() {
    Finish doctor = yarn.fip("doctor", "--path", folder.toString()).ok();
    for (String executor : List.of("1", "2")) {
      assertTrue(
          doctor.out().matches("(?s).*\n" + executor + " +localhost +cpu\\(\\) [^\n]* ok(\n.*|$)"),
          doctor.out());
    }
  }

  @Test
  void aPathEndsAtTheBitsOfOneProcessWhereverItsDriverIs() throws IOException {
    Launch.fip(adapt("local", "--master", "local[2]")).finish().ok();
    assertEquals(STEPS, yarn.fip(adapt("client")).ok().json().get("steps").asInt());
    yarn.fip(adapt("cluster", "--deploy-mode", "cluster")).ok();
    assertArrayEquals(network("local"), network("client"));
    assertArrayEquals(network("local"), network("cluster"));
  }

  @Test
  void aFailureInTheClusterIsOneThereToo() {
    String missing = folder.resolve("missing.yaml").toString();
    Finish finish = yarn.fip("adapt", missing, "--deploy-mode", "cluster");
    assertEquals(1, finish.exitCode(), finish.err());
    assertTrue(finish.err().contains("non-zero exit code 66"), finish.err());
    assertTrue(finish.err().contains("recipe " + missing + " does not exist"), finish.err());
  }

  @Test
  void dataIsWrittenAndReadByAnOlderParquet() throws IOException {
    for (String digit : List.of("0", "1")) {
      Path images = Files.createDirectories(folder.resolve("images").resolve(digit));
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      assertTrue(ImageIO.write(image, "png", images.resolve("0.png").toFile()));
    }
    String data = folder.resolve("data").toString();
    Yarn.local("import", folder.resolve("images").toString(), "--out", data).ok();
    String network = folder.resolve("net").toString();
    Finish evaluated =
        Yarn.local("evaluate", "--network", network, "--data", data, "--split", "train", "--json");
    assertEquals(2, evaluated.ok().json().get("examples").asInt());
  }

  private static String[] adapt(String store, String... more) {
    List<String> words = new ArrayList<>(List.of("adapt", folder.resolve("adapt.yaml").toString()));
    words.addAll(List.of("--json", "--set", "network=" + folder.resolve("net")));
    words.addAll(List.of("--set", "output=" + folder.resolve(store)));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private static byte[] network(String store) throws IOException {
    return Files.readAllBytes(folder.resolve(store + "/network/model.safetensors"));
  }
}
