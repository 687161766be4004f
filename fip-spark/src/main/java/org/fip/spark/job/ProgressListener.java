package org.fip.spark.job;

import org.fip.core.path.Walk;

/** Is told how a job goes on: one walk after another, each between its begin and its end. */
public interface ProgressListener extends Walk.Listener {

  /** Tells nobody. */
  ProgressListener NONE = new ProgressListener() {};

  /**
   * A walk begins, or is taken up again.
   *
   * @param name what it is called to people, such as {@code adapt: fashion}
   * @param taken steps it has already taken
   * @param steps steps it has at its end
   */
  default void began(String name, long taken, long steps) {}

  /** The walk that began last is at its end. */
  default void ended() {}

  /** A line for people that belongs to no step. */
  default void note(String line) {}
}
