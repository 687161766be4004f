package org.fip.spark.report;

import java.util.List;

/**
 * Waypoints in the plane in which they differ most.
 *
 * @param paths from the first
 * @param first share of the variance along the horizontal axis
 * @param second share of the variance along the vertical axis
 * @param evaluation names of the sets whose mean accuracy the points have
 * @param note what was left out; empty for nothing
 */
public record Projection(
    List<Trail> paths, double first, double second, List<String> evaluation, String note) {

  /**
   * One path.
   *
   * @param name what it is called
   * @param points in step order
   */
  public record Trail(String name, List<Spot> points) {

    /** Copies the list. */
    public Trail {
      points = List.copyOf(points);
    }
  }

  /**
   * A waypoint.
   *
   * @param step its step
   * @param x coordinate along the first principal component
   * @param y coordinate along the second
   * @param accuracy mean over the sets, a fraction; NaN where it was not evaluated
   */
  public record Spot(long step, double x, double y, double accuracy) {}

  /** Copies the lists. */
  public Projection {
    paths = List.copyOf(paths);
    evaluation = List.copyOf(evaluation);
  }
}
