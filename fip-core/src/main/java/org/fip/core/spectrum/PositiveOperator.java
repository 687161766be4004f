package org.fip.core.spectrum;

/** A symmetric positive semi-definite matrix A [P, P], known by what it does to vectors. */
public interface PositiveOperator {

  /** P. */
  int dimension();

  /** An upper bound of the rank. */
  long rankBound();

  /** A v, [P], of a direction v [P], which is not kept. */
  float[] product(float[] v);

  /** v^T A v with its sums in double: more accurate, and cheaper, than the product. */
  double form(float[] v);
}
