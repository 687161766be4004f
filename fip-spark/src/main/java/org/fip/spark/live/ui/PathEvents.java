package org.fip.spark.live.ui;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;

/**
 * Posts what becomes known of paths to Spark's listeners, its event log among them: every change of
 * state, and otherwise at most one event a path every few seconds.
 */
public final class PathEvents implements ProgressListener {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** What was posted of a path last. */
  private record Posted(State state, Instant at) {}

  private final SparkContext spark;
  private final Map<String, Posted> posted = new HashMap<>();

  /**
   * Posts to the listeners of an application, and adds the tab to its web interface if it has one.
   */
  public PathEvents(SparkContext spark) {
    this.spark = spark;
    if (spark.ui().isDefined()
        && spark.statusStore().store() instanceof ElementTrackingStore store) {
      SparkUI ui = spark.ui().get();
      spark.addSparkListener(new PathsListener(store));
      ui.attachTab(new PathsTab(ui));
    }
  }

  @Override
  public void updated(PathStatus status) {
    Posted last = posted.get(status.store());
    if (spark.isStopped()
        || (last != null
            && last.state() == status.state()
            && Duration.between(last.at(), status.updated()).compareTo(INTERVAL) < 0)) {
      return;
    }
    posted.put(status.store(), new Posted(status.state(), status.updated()));
    spark.listenerBus().post(new PathEvent(status.toJson().toString()));
  }
}
