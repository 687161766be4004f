package org.fip.spark.live;

import java.util.Locale;
import org.apache.spark.SparkContext;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkStart;

/** Names the jobs of Spark after the walk and the step that they belong to. */
public final class JobDescriptions implements ProgressListener {
  private final SparkContext spark;
  private WalkStart walk;

  /** Describes the jobs of the thread that walks. */
  public JobDescriptions(SparkContext spark) {
    this.spark = spark;
  }

  @Override
  public void began(WalkStart begun) {
    walk = begun;
    spark.setJobGroup(begun.name(), begun.name() + ": workers", false);
  }

  @Override
  public void stepped(long step, double objective) {
    if (walk != null) {
      spark.setJobDescription(
          String.format(Locale.ROOT, "%s: from step %d of %d", walk.name(), step, walk.steps()));
    }
  }

  @Override
  public void ended() {
    walk = null;
    if (!spark.isStopped()) {
      spark.clearJobGroup();
    }
  }
}
