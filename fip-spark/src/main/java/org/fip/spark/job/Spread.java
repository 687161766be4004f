package org.fip.spark.job;

import java.util.List;

/**
 * How far networks are from each other in weights.
 *
 * @param fromStart mean Euclidean distance from the start, relative to the length of its weights
 * @param between mean distance of two networks, relative to the same
 * @param least least distance of two networks, relative to the same
 * @param cosine mean cosine of the angle between two displacements from the start
 */
record Spread(double fromStart, double between, double least, double cosine) {

  static Spread of(float[] start, List<float[]> networks) {
    double length = Math.sqrt(dot(start, start, new float[start.length]));
    double fromStart = 0;
    double between = 0;
    double cosine = 0;
    double least = Double.POSITIVE_INFINITY;
    int pairs = 0;
    for (int i = 0; i < networks.size(); i++) {
      double own = distance(networks.get(i), start);
      fromStart += own / networks.size();
      for (int j = 0; j < i; j++) {
        double distance = distance(networks.get(i), networks.get(j));
        between += distance;
        least = Math.min(least, distance);
        cosine +=
            dot(networks.get(i), networks.get(j), start) / (own * distance(networks.get(j), start));
        pairs++;
      }
    }
    return new Spread(fromStart / length, between / pairs / length, least / length, cosine / pairs);
  }

  private static double distance(float[] a, float[] b) {
    return Math.sqrt(dot(a, a, b));
  }

  /** (a - origin) . (b - origin). */
  private static double dot(float[] a, float[] b, float[] origin) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - origin[i]) * ((double) b[i] - origin[i]);
    }
    return sum;
  }
}
