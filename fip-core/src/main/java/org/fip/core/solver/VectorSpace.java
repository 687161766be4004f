package org.fip.core.solver;

/**
 * Arithmetic of float32 vectors where they lie: on the host, or on a device. Dot products
 * accumulate in double.
 *
 * @param <V> a vector
 */
public interface VectorSpace<V> {

  /** A new vector of zeros, as long as another. */
  V zeros(V like);

  /** A new vector with equal components. */
  V copy(V a);

  /** The sum of products of components. */
  double dot(V a, V b);

  /** target += factor * a. */
  void add(V target, double factor, V a);

  /** target = a + factor * target. */
  void scaleAndAdd(V target, double factor, V a);

  /** target = a / divisor, component by component. */
  void divide(V target, V a, V divisor);

  /** Gives up a vector that nothing needs any more. */
  default void release(V a) {}
}
