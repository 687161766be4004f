package org.fip.spark.store;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/**
 * What checking one committed folder of a path store gave.
 *
 * @param folder its name in the store, as {@code waypoints/000100}
 * @param bytes the size of its files as the manifest has it; 0 when that cannot be read
 * @param problem one line that names file and reason; empty when the folder is whole
 */
public record Finding(String folder, long bytes, Optional<String> problem) {

  /**
   * What a check finds.
   *
   * @param prefix of the folder's name in the store
   * @param check throws what is wrong with a folder of this manifest
   */
  static Finding of(
      HadoopFolder folder, String prefix, String manifestName, Consumer<Manifest> check) {
    String name = prefix + new Path(folder.location()).getName();
    long bytes = 0;
    try {
      Manifest manifest = Manifest.read(folder, manifestName);
      bytes = manifest.bytes();
      check.accept(manifest);
      return new Finding(name, bytes, Optional.empty());
    } catch (FipException e) {
      return new Finding(name, bytes, Optional.of(e.getMessage()));
    }
  }

  /** Whether the folder is whole. */
  public boolean whole() {
    return problem.isEmpty();
  }
}
