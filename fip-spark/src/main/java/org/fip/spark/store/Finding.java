package org.fip.spark.store;

import java.util.Optional;

/**
 * What checking one committed folder of a path store gave.
 *
 * @param folder its name in the store, as {@code waypoints/000100}
 * @param bytes the size of its files as the manifest has it; 0 when that cannot be read
 * @param problem one line that names file and reason; empty when the folder is whole
 */
public record Finding(String folder, long bytes, Optional<String> problem) {

  /** Whether the folder is whole. */
  public boolean whole() {
    return problem.isEmpty();
  }
}
