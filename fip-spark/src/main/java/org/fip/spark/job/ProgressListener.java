package org.fip.spark.job;

import org.fip.core.path.Walk;
import org.fip.spark.store.PathStatus;

/**
 * Is told how a job goes on: one walk after another, each between {@link #began} and one of {@link
 * #ended}, {@link #paused} and {@link #failed}. All calls of a walk come from the thread that
 * walks.
 */
public interface ProgressListener extends Walk.Listener, AutoCloseable {

  /** Tells nobody. */
  ProgressListener NONE = new ProgressListener() {};

  /** A walk begins, or is taken up again. */
  default void began(WalkStart walk) {}

  /** A walk need not begin, since it was at its end already. */
  default void found(WalkStart walk) {}

  /** The walk that began last is at its end. */
  default void ended() {}

  /** The walk that began last was ended on purpose, to be taken up later. */
  default void paused() {
    ended();
  }

  /** The walk that began last was ended by a failure, which the caller throws on. */
  default void failed(Throwable cause) {
    ended();
  }

  /** What is known of a path has changed; it may be walked elsewhere. */
  default void updated(PathStatus status) {}

  /**
   * How far many paths together are.
   *
   * @param share of all work, from 0 to 1
   * @param line what people read
   * @param milestone whether the line is worth keeping, or only to be replaced by the next one
   */
  default void advanced(double share, String line, boolean milestone) {}

  /** A line for people that belongs to no step. */
  default void note(String line) {}

  /** Nothing more will come. */
  @Override
  default void close() {}
}
