package org.fip.core.path;

/** Arithmetic of flat float32 vectors; reductions accumulate in double. */
final class Vector {
  private Vector() {}

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  static double norm(float[] a) {
    return Math.sqrt(dot(a, a));
  }

  /** target += factor * a. */
  static void add(float[] target, double factor, float[] a) {
    float f = (float) factor;
    for (int i = 0; i < target.length; i++) {
      target[i] += f * a[i];
    }
  }

  static void scale(float[] a, double factor) {
    float f = (float) factor;
    for (int i = 0; i < a.length; i++) {
      a[i] *= f;
    }
  }

  /** The index of the first value that is NaN or infinite, or -1. */
  static int firstNonFinite(float[] a) {
    for (int i = 0; i < a.length; i++) {
      if (!Float.isFinite(a[i])) {
        return i;
      }
    }
    return -1;
  }
}
