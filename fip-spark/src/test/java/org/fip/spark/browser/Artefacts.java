package org.fip.spark.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tests leave for people: in {@code $FIP_ARTEFACTS}, else in the build's folder. */
public final class Artefacts {
  private Artefacts() {}

  /** Keeps a file. */
  public static void keep(String name, byte[] content) {
    String folder = System.getenv("FIP_ARTEFACTS");
    Path place =
        folder == null || folder.isBlank()
            ? Path.of("target", "screenshots")
            : Path.of(folder, "screenshots");
    try {
      Files.createDirectories(place);
      Files.write(place.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
