package org.fip.spark.live.ui;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.util.kvstore.KVIndex;
import org.apache.spark.util.kvstore.KVStore;
import org.fip.spark.store.PathStatus;

/** A path in the store behind Spark's web interface, which may keep it in memory or on disk. */
public final class PathEntry {
  /** Location of the path store. */
  @KVIndex public String id;

  /** The status as JSON. */
  public String status;

  /** For Spark. */
  public PathEntry() {}

  PathEntry(PathStatus status) {
    this.id = status.store();
    this.status = status.toJson().toString();
  }

  /** All paths of a store, by location. */
  static List<PathStatus> statuses(KVStore store) {
    List<PathStatus> statuses = new ArrayList<>();
    try {
      Iterator<PathEntry> entries = store.view(PathEntry.class).iterator();
      while (entries.hasNext()) {
        PathEntry entry = entries.next();
        statuses.add(PathStatus.parse(entry.status, entry.id));
      }
    } catch (Exception e) {
      // No narrower one is declared; the page then says that it cannot be made.
      throw new IllegalStateException("the paths behind Spark's page cannot be read", e);
    }
    return statuses;
  }
}
