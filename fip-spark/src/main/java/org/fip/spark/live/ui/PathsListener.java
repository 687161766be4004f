package org.fip.spark.live.ui;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.status.ElementTrackingStore;
import org.fip.core.FipException;
import org.fip.spark.store.PathStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the newest status of each path for the tab. */
final class PathsListener extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(PathsListener.class);

  private final ElementTrackingStore store;

  PathsListener(ElementTrackingStore store) {
    this.store = store;
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof PathEvent known) {
      try {
        store.write(new PathEntry(PathStatus.parse(known.getStatus(), "an event of Spark's")));
      } catch (FipException e) {
        LOG.warn("{}; it was written by another version", e.getMessage());
      }
    }
  }
}
