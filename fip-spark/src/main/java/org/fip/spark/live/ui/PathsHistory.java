package org.fip.spark.live.ui;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Brings the tab to a history server that has the application's jar on its class path. One without
 * the jar skips the events, since it does not know their class.
 */
public final class PathsHistory implements AppHistoryServerPlugin {
  @Override
  public Seq<SparkListener> createListeners(SparkConf conf, ElementTrackingStore store) {
    return CollectionConverters.asScala(List.<SparkListener>of(new PathsListener(store))).toSeq();
  }

  @Override
  public void setupUI(SparkUI ui) {
    if (!PathEntry.statuses(ui.store().store()).isEmpty()) {
      ui.attachTab(new PathsTab(ui));
    }
  }
}
