package org.fip.spark.store;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/** What a job leaves in its output folder, told by what that kind alone has there. */
public enum OutputKind {
  /** A path store. */
  PATH("a path") {
    @Override
    boolean isAt(Configuration configuration, Path folder) {
      return PathStore.exists(configuration, folder);
    }
  },

  /** A path store of each night. */
  NIGHTS("nights") {
    @Override
    boolean isAt(Configuration configuration, Path folder) {
      return NightStore.isAt(configuration, folder);
    }
  },

  /** A path store of each member. */
  ENSEMBLE("an ensemble") {
    @Override
    boolean isAt(Configuration configuration, Path folder) throws IOException {
      return has(configuration, folder, "members/00/path.json");
    }
  },

  /** A path store of each point of a grid. */
  EXPLORATION("an exploration") {
    @Override
    boolean isAt(Configuration configuration, Path folder) throws IOException {
      return has(configuration, folder, "exploration.json");
    }
  },

  /** A path store of each operation. */
  CHAIN("a chain") {
    @Override
    boolean isAt(Configuration configuration, Path folder) throws IOException {
      for (FileStatus status : DurableFiles.of(configuration, folder).list(folder)) {
        if (OPERATION.matcher(status.getPath().getName()).matches()
            && PathStore.exists(configuration, status.getPath())) {
          return true;
        }
      }
      return false;
    }
  };

  private static final Pattern OPERATION = Pattern.compile("\\d+-[a-z]+");

  private final String noun;

  OutputKind(String noun) {
    this.noun = noun;
  }

  abstract boolean isAt(Configuration configuration, Path folder) throws IOException;

  /**
   * Fails where a folder holds anything of another kind.
   *
   * @throws FipException with category DATA
   */
  public void requireNoOther(Configuration configuration, Path folder) {
    for (OutputKind other : values()) {
      if (other != this && other.isIn(configuration, folder)) {
        throw FipException.data(
            "%s: holds %s, and this run would leave %s there; use another output",
            folder, other.noun, noun);
      }
    }
  }

  private boolean isIn(Configuration configuration, Path folder) {
    try {
      return isAt(configuration, folder);
    } catch (IOException e) {
      throw Failures.storage(e, folder, "cannot be looked at");
    }
  }

  private static boolean has(Configuration configuration, Path folder, String file)
      throws IOException {
    return DurableFiles.of(configuration, folder).exists(new Path(folder, file));
  }
}
