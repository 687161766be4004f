package org.fip.spark.live.ui;

import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * The status of a path as an event of Spark's, which writes it to the event log as JSON and reads
 * it by the name of this class. The status is text in it: Spark's Jackson is another one than ours,
 * so our annotations mean nothing to it, and it would read nested maps as Scala's.
 */
public final class PathEvent implements SparkListenerEvent {
  private String status = "";

  /** For Spark. */
  public PathEvent() {}

  PathEvent(String status) {
    this.status = status;
  }

  /** The status as JSON. */
  public String getStatus() {
    return status;
  }

  /** For Spark. */
  public void setStatus(String status) {
    this.status = status;
  }
}
