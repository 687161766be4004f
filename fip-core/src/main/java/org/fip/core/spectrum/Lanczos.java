package org.fip.core.spectrum;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.manifold.Seeds;

/**
 * The largest eigenpairs of a positive operator by the Lanczos method with thick restarts [1, 2]
 * and full re-orthogonalisation.
 *
 * <p>The basis never has more vectors than its capacity: when it is full, the Ritz vectors of the
 * largest values take its place and the expansion goes on from the vector that would have been
 * next. The projected matrix is measured, column by column, by the scalar products that
 * re-orthogonalisation needs anyway, so what follows holds whatever vector the basis is expanded
 * by.
 *
 * <p>Two things are beyond a single Krylov space, and both are met with a random vector orthogonal
 * to the basis. The space may be invariant before enough pairs are found: then the random vector
 * leads to others, or shows that the operator is zero on the complement. And of a multiple
 * eigenvalue it holds one vector only: so when all wanted pairs have converged, the search goes on
 * from a random vector in their complement, and they are accepted when that raises none of their
 * values.
 *
 * <p>[1] Wu and Simon 2000, Thick-restart Lanczos method for large symmetric eigenvalue problems.
 * [2] Stewart 2001, A Krylov-Schur algorithm for large eigenproblems. [3] Kuczynski and
 * Wozniakowski 1992, Estimating the largest eigenvalue by the power and Lanczos algorithms with a
 * random start.
 */
final class Lanczos {
  /**
   * Share of the operator's norm below which the next vector would be noise of float32 products.
   */
  private static final double BREAKDOWN = 1e-6;

  /** Share of the largest eigenvalue below which one is taken for zero. */
  private static final double ZERO = 1e-7;

  /** Expansions between two looks at the projected problem: it is small, but not free. */
  private static final int LOOK_EVERY = 5;

  /**
   * Expansions from a random vector that have to raise none of the values. Of n weights, they miss
   * an eigenvalue that exceeds the smallest wanted one by a share d with a chance below 1.65
   * sqrt(n) exp(-59 sqrt(d)) [3]: for a million weights and d = 0.1, one in seventy thousand.
   */
  static final int CONFIRMING = 30;

  private final PositiveOperator operator;
  private final Basis basis;
  private final int wanted;
  private final int capacity;
  private final double tolerance;
  private final int limit;
  private final SpectrumListener listener;
  private final SplittableRandom random;

  private final double[][] projected;
  private final double[] lost;
  private float[] next;
  private boolean nextIsRandom;
  private int size;
  private int products;
  private double scale;

  /** Ritz values of the pairs that have converged and wait to be confirmed, or null. */
  private double[] toConfirm;

  /**
   * What was found; the basis begins with the eigenvectors, in the same order, and goes on with
   * other Ritz vectors.
   *
   * @param values Ritz values in descending order, of as many pairs as the basis has
   * @param pairs how many of them are eigenvalues that were asked for
   * @param converged whether every wanted pair, as far as there are so many, met the tolerance
   * @param complete whether all eigenvalues but zeros were found
   * @param products how many products it took
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Found(double[] values, int pairs, boolean converged, boolean complete, int products) {}

  /**
   * A solver for one use.
   *
   * @param basis where vectors are put; its capacity must exceed {@code wanted} unless that is the
   *     operator's dimension
   * @param wanted how many pairs
   * @param tolerance residual of a converged pair, as a share of the largest eigenvalue
   * @param limit most products
   */
  Lanczos(
      PositiveOperator operator,
      Basis basis,
      int wanted,
      double tolerance,
      int limit,
      long seed,
      SpectrumListener listener) {
    this.operator = operator;
    this.basis = basis;
    this.wanted = wanted;
    this.capacity = basis.capacity();
    this.tolerance = tolerance;
    this.limit = limit;
    this.listener = listener;
    random = Seeds.stream(seed, Seeds.of("spectrum"), Seeds.of("start"));
    projected = new double[capacity][capacity];
    lost = new double[capacity];
  }

  /** The pairs that exist, at most as many as wanted. */
  Found solve() {
    nextRandom();
    while (true) {
      double beta = expand();
      if (beta < 0 || size == operator.dimension()) {
        return finish(ritz(0), true, true);
      }
      boolean invariant = beta <= BREAKDOWN * scale;
      if (invariant) {
        lost[size - 1] = beta;
        beta = 0;
        nextRandom();
      }
      boolean look = searched() || (!invariant && size % LOOK_EVERY == 0);
      Found found = look ? look(ritz(beta)) : null;
      if (found != null) {
        return found;
      }
    }
  }

  /** Whether the basis has no room, or the pairs that wait to be confirmed have waited enough. */
  private boolean searched() {
    return size == capacity || (toConfirm != null && size == wanted + CONFIRMING);
  }

  /** Ends the search, or begins to confirm, or makes room where there is none. */
  private Found look(Ritz ritz) {
    int converged = ritz.converged(wanted, tolerance);
    listener.expanded(products, converged, wanted);
    boolean settled = converged == wanted;
    if (settled && toConfirm != null && searched() && confirmed(ritz)) {
      return finish(ritz, true, false);
    }
    if (products >= limit) {
      return finish(ritz, false, false);
    }
    if (searched()) {
      toConfirm = null;
    }
    if (settled && toConfirm == null) {
      toConfirm = Arrays.copyOf(ritz.values(), wanted);
      restart(ritz, wanted);
      // The next vector, along which their residuals lie, gives way to a random one.
      System.arraycopy(ritz.residuals(), 0, lost, 0, wanted);
      nextRandom();
    } else if (size == capacity) {
      restart(ritz, Math.min(capacity - 1, wanted + (capacity - wanted) / 3));
    }
    return null;
  }

  /** Multiplies the next vector and puts it into the basis; what is left of the product is next. */
  private double expand() {
    basis.put(size, next, 1 / Math.sqrt(Basis.dot(next, next)));
    float[] w = operator.product(next);
    products++;
    double norm = Math.sqrt(Basis.dot(w, w));
    if (!Double.isFinite(norm)) {
      throw FipException.data(
          "a metric product holds NaN or infinity; the network overflows at these weights or data");
    }
    // A random unit vector of the complement has this share of an eigenvector there.
    double share = Math.sqrt((size + 1d) / operator.dimension());
    if (nextIsRandom && norm <= BREAKDOWN * scale * share) {
      return -1;
    }
    scale = Math.max(scale, norm);
    double[] column = basis.orthogonalise(size + 1, w);
    for (int i = 0; i <= size; i++) {
      projected[i][size] = column[i];
      projected[size][i] = column[i];
    }
    lost[size] = 0;
    size++;
    next = w;
    nextIsRandom = false;
    return Math.sqrt(Basis.dot(w, w));
  }

  /** The next vector is random, orthogonal to the basis. */
  private void nextRandom() {
    next = new float[operator.dimension()];
    for (int i = 0; i < next.length; i++) {
      next[i] = (float) (2 * random.nextDouble() - 1);
    }
    basis.orthogonalise(size, next);
    nextIsRandom = true;
  }

  private Ritz ritz(double beta) {
    return Ritz.of(projected, size, beta, lost);
  }

  private boolean confirmed(Ritz ritz) {
    for (int i = 0; i < wanted; i++) {
      if (ritz.values()[i] - toConfirm[i] > tolerance * ritz.values()[0]) {
        return false;
      }
    }
    return true;
  }

  /** The first Ritz vectors become the basis. */
  private void restart(Ritz ritz, int keep) {
    double[] dropped = new double[keep];
    for (int i = 0; i < keep; i++) {
      double sum = 0;
      for (int j = 0; j < size; j++) {
        sum += ritz.columns()[i][j] * lost[j] * ritz.columns()[i][j] * lost[j];
      }
      dropped[i] = Math.sqrt(sum);
    }
    basis.rotate(ritz.first(keep));
    for (int i = 0; i < keep; i++) {
      Arrays.fill(projected[i], 0, keep, 0);
      projected[i][i] = ritz.values()[i];
      lost[i] = dropped[i];
    }
    size = keep;
  }

  private Found finish(Ritz ritz, boolean converged, boolean complete) {
    double[] values = ritz.values();
    int positive = 0;
    while (positive < values.length && values[positive] > ZERO * values[0]) {
      positive++;
    }
    basis.rotate(ritz.first(positive));
    return new Found(
        Arrays.copyOf(values, positive),
        Math.min(wanted, positive),
        converged,
        complete && positive <= wanted,
        products);
  }
}
