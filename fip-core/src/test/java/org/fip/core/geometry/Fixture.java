package org.fip.core.geometry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.network.Network;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.storage.Folder;
import org.fip.core.storage.LocalFolder;

/** A network with float64 reference values: of the test resources, or of the shared folder. */
final class Fixture {
  static final String REFERENCE = "reference.safetensors";

  private final Path path;

  private Fixture(Path path) {
    this.path = path;
  }

  /** The fixture of this name; the calling test is skipped when it is nowhere. */
  static Fixture open(String name) {
    URL resource = Fixture.class.getResource("/fixtures/" + name);
    Path shared = shared().resolve(name);
    boolean found = resource != null || Files.isDirectory(shared);
    if (!found) {
      System.out.println("skipped: fixture " + name + ": " + shared + " does not exist");
    }
    assumeTrue(found, "no fixture " + name);
    try {
      return new Fixture(resource == null ? shared : Path.of(resource.toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The names of all fixtures of the shared folder, none when it is absent. */
  static List<String> sharedNames() {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(shared())) {
      try (var folders = Files.list(shared())) {
        folders
            .filter(Files::isDirectory)
            .map(folder -> folder.getFileName().toString())
            .sorted()
            .forEach(names::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return names;
  }

  private static Path shared() {
    return Path.of(System.getProperty("fip.shared", "../shared")).resolve("fixtures");
  }

  Folder folder() {
    return new LocalFolder(path);
  }

  Network network() {
    return Network.load(folder());
  }

  /** Inputs, directions and results; the caller closes it. */
  TensorSource reference() {
    try {
      return SafetensorsReader.open(folder().openRandom(REFERENCE), path + "/" + REFERENCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The largest error of three float32 runs of PyTorch. */
  double float32Floor(String key) {
    try (InputStream in = folder().open("manifest.json")) {
      JsonNode manifest = new ObjectMapper().readTree(in);
      return manifest.at("/float32_floor/" + key + "/max").asDouble();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How far values are from the reference, as the floors are measured: by the largest difference
   * over the largest eigenvalue for eigenvalues, by the norm of the difference over that of the
   * reference for all others.
   */
  static double error(String key, double[] expected, double[] actual) {
    double difference = 0;
    double norm = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double here = actual[i] - expected[i];
      difference += here * here;
      norm += expected[i] * expected[i];
      largest = Math.max(largest, Math.abs(here));
    }
    return key.equals("eigvals_top10") ? largest / expected[0] : Math.sqrt(difference / norm);
  }
}
