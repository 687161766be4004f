package org.fip.core.path;

import org.fip.core.solver.VectorSpace;

/** Vectors as arrays of the driver. */
enum HostVectors implements VectorSpace<float[]> {
  /** The one instance. */
  INSTANCE;

  @Override
  public float[] zeros(float[] like) {
    return new float[like.length];
  }

  @Override
  public float[] copy(float[] a) {
    return a.clone();
  }

  @Override
  public double dot(float[] a, float[] b) {
    return Vector.dot(a, b);
  }

  @Override
  public void add(float[] target, double factor, float[] a) {
    Vector.add(target, factor, a);
  }

  @Override
  public void scaleAndAdd(float[] target, double factor, float[] a) {
    float f = (float) factor;
    for (int i = 0; i < target.length; i++) {
      target[i] = a[i] + f * target[i];
    }
  }

  @Override
  public void divide(float[] target, float[] a, float[] divisor) {
    for (int i = 0; i < target.length; i++) {
      target[i] = a[i] / divisor[i];
    }
  }
}
