package org.fip.spark.store;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The right to write to a store that may be a part of another one, such as the path of a night or a
 * baseline. Who walks that has the right to the other one only, so each of those around that is
 * taken is asked for, too.
 */
public final class StoreLocks implements AutoCloseable {
  /** An exploration's path has baselines, and a folder above each of the two. */
  private static final int LEVELS = 4;

  private final Deque<StoreLock> held = new ArrayDeque<>();

  private StoreLocks() {}

  /**
   * Takes the rights, from the outermost on; those that dead runs have left are taken over.
   *
   * @throws org.fip.core.FipException as {@link StoreLock#acquire} does
   */
  public static StoreLocks of(Configuration configuration, Path store) {
    Deque<Path> folders = new ArrayDeque<>();
    folders.push(store);
    Path above = store.getParent();
    for (int level = 0; level < LEVELS && above != null; level++) {
      if (StoreLock.isTaken(configuration, above)) {
        folders.push(above);
      }
      above = above.getParent();
    }
    StoreLocks locks = new StoreLocks();
    try {
      folders.forEach(folder -> locks.held.push(StoreLock.acquire(configuration, folder)));
      return locks;
    } catch (RuntimeException e) {
      locks.close();
      throw e;
    }
  }

  /** The right to write to the store itself. */
  public StoreLock own() {
    return held.peek();
  }

  /** Gives the rights back, from the innermost on. */
  @Override
  public void close() {
    while (!held.isEmpty()) {
      held.pop().close();
    }
  }
}
