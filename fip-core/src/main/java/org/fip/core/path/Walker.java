package org.fip.core.path;

/**
 * Takes a path from one waypoint to the next. Where the steps are taken is up to it; the weights
 * that it comes to are not.
 */
@FunctionalInterface
public interface Walker {

  /**
   * Walks from a state to a step, which is the state's own only to measure the start of a path.
   *
   * @param from may be changed, and belongs to the result; after a failure it is of no use
   * @param to a step at which a waypoint is due
   * @return what is to be committed, with everything measured since {@code from}
   * @throws org.fip.core.FipException when a step cannot be taken
   */
  Waypoint walk(PathState from, long to);
}
