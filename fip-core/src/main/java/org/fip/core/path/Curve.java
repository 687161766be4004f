package org.fip.core.path;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A piecewise linear curve in weight space, its nodes evenly placed from t = 0 to t = 1.
 *
 * @param nodes weights of the corners in order, ends included, length P each
 */
public record Curve(List<float[]> nodes) implements Serializable {

  /** Copies the list. */
  public Curve {
    nodes = List.copyOf(nodes);
  }

  /** The straight line with so many inner nodes. */
  public static Curve straight(float[] from, float[] to, int inner) {
    Curve line = new Curve(List.of(from, to));
    List<float[]> nodes = new ArrayList<>();
    nodes.add(from);
    for (int node = 1; node <= inner; node++) {
      nodes.add(line.at(node, inner + 1));
    }
    nodes.add(to);
    return new Curve(nodes);
  }

  /** How many straight pieces it has. */
  public int segments() {
    return nodes.size() - 1;
  }

  /**
   * The weights at t = {@code step / steps}, interpolated in double: a node's own at a node. The
   * caller owns them.
   */
  public float[] at(long step, long steps) {
    long scaled = step * segments();
    int segment = (int) (scaled / steps);
    double share = (double) (scaled % steps) / steps;
    float[] from = nodes.get(segment);
    if (share == 0) {
      return from.clone();
    }
    float[] to = nodes.get(segment + 1);
    float[] between = new float[from.length];
    for (int i = 0; i < between.length; i++) {
      between[i] = (float) ((1 - share) * from[i] + share * to[i]);
    }
    return between;
  }
}
