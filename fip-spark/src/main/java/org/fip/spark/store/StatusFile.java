package org.fip.spark.store;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/**
 * {@code status.json} of a path store, replaced as a whole by one rename. Only people and monitors
 * read it: no path depends on it, and {@code paths verify} does not look at it.
 */
public final class StatusFile {
  private static final String NAME = "status";

  private final DocumentFolder folder;

  /** The status file of the store at a path. */
  public StatusFile(Configuration configuration, Path store) {
    folder = new DocumentFolder(configuration, store);
  }

  /** Writes the status, in place of the one that may be there. */
  public void write(PathStatus status) {
    folder.write(NAME, status.toJson());
  }

  /**
   * The status; empty when none was written.
   *
   * @throws FipException DATA when it is damaged, STORAGE when it cannot be read
   */
  public Optional<PathStatus> read() {
    return folder
        .read(NAME)
        .map(document -> PathStatus.of(document, folder.at(NAME + ".json").toString()));
  }
}
