package org.fip.core.spectrum;

/**
 * Orthonormal float32 vectors and the arithmetic that a subspace method does with them. Every
 * operation passes over the vectors block by block, with its sums in double, and rounds each
 * element of a result once.
 */
final class Basis implements AutoCloseable {
  private static final int BLOCK = VectorStore.BLOCK;

  private final VectorStore store;
  private final float[] part = new float[BLOCK];
  private final double[] wide = new double[BLOCK];

  /** Takes over the store. */
  Basis(VectorStore store) {
    this.store = store;
  }

  int length() {
    return store.length();
  }

  int capacity() {
    return store.capacity();
  }

  /** What is done with the positions {@code from} to {@code from + count}. */
  private interface BlockUse {
    void accept(int from, int count);
  }

  private void forEachBlock(BlockUse use) {
    int length = store.length();
    for (int from = 0; from < length; ) {
      int count = Math.min(BLOCK, length - from);
      use.accept(from, count);
      from += count;
    }
  }

  /** Sets a vector to {@code factor} times {@code w}, which is scaled too. */
  void put(int vector, float[] w, double factor) {
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (w[i] * factor);
    }
    forEachBlock((from, count) -> store.write(vector, from, count, w, from));
  }

  /** Copies a vector. */
  void get(int vector, float[] target) {
    forEachBlock((from, count) -> read(vector, from, count, target));
  }

  /** Copies a vector's elements from {@code from} on, as many as a block has there, or fewer. */
  private void read(int vector, int from, int count, float[] target) {
    store.read(vector, from, count, part);
    System.arraycopy(part, 0, target, from, count);
  }

  /** V^T w of the first {@code vectors}. */
  double[] coordinates(int vectors, float[] w) {
    double[] coordinates = new double[vectors];
    forEachBlock((from, count) -> addCoordinates(coordinates, w, from, count));
    return coordinates;
  }

  private void addCoordinates(double[] coordinates, float[] w, int from, int count) {
    for (int vector = 0; vector < coordinates.length; vector++) {
      store.read(vector, from, count, part);
      coordinates[vector] += dot(part, 0, w, from, count);
    }
  }

  /** w -= V c of as many first vectors as there are coefficients. */
  void subtract(double[] coefficients, float[] w) {
    forEachBlock((from, count) -> subtract(coefficients, w, from, count));
  }

  private void subtract(double[] coefficients, float[] w, int from, int count) {
    for (int i = 0; i < count; i++) {
      wide[i] = w[from + i];
    }
    for (int vector = 0; vector < coefficients.length; vector++) {
      store.read(vector, from, count, part);
      add(wide, -coefficients[vector], part, count);
    }
    for (int i = 0; i < count; i++) {
      w[from + i] = (float) wide[i];
    }
  }

  /**
   * Makes w orthogonal to the first vectors by Gram and Schmidt, twice, in three passes over them;
   * returns V^T w of w as it was.
   */
  double[] orthogonalise(int vectors, float[] w) {
    double[] first = coordinates(vectors, w);
    double[] second = new double[vectors];
    forEachBlock(
        (from, count) -> {
          subtract(first, w, from, count);
          addCoordinates(second, w, from, count);
        });
    subtract(second, w);
    for (int i = 0; i < vectors; i++) {
      first[i] += second[i];
    }
    return first;
  }

  /**
   * Replaces the first vectors by combinations of them: vector j becomes the sum over i of {@code
   * columns[j][i]} times vector i.
   */
  void rotate(double[][] columns) {
    if (columns.length == 0) {
      return;
    }
    int vectors = columns[0].length;
    double[][] sums = new double[columns.length][BLOCK];
    forEachBlock(
        (from, count) -> {
          for (double[] sum : sums) {
            java.util.Arrays.fill(sum, 0);
          }
          for (int i = 0; i < vectors; i++) {
            store.read(i, from, count, part);
            for (int j = 0; j < columns.length; j++) {
              add(sums[j], columns[j][i], part, count);
            }
          }
          for (int j = 0; j < columns.length; j++) {
            for (int i = 0; i < count; i++) {
              part[i] = (float) sums[j][i];
            }
            store.write(j, from, count, part, 0);
          }
        });
  }

  private static void add(double[] sum, double factor, float[] a, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += factor * a[i];
    }
  }

  /** The scalar product of two vectors. */
  static double dot(float[] a, float[] b) {
    return dot(a, 0, b, 0, a.length);
  }

  /** The scalar product of two slices, in four partial sums, which a processor adds at once. */
  static double dot(float[] a, int fromA, float[] b, int fromB, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      s0 += (double) a[fromA + i] * b[fromB + i];
      s1 += (double) a[fromA + i + 1] * b[fromB + i + 1];
      s2 += (double) a[fromA + i + 2] * b[fromB + i + 2];
      s3 += (double) a[fromA + i + 3] * b[fromB + i + 3];
    }
    for (; i < count; i++) {
      s0 += (double) a[fromA + i] * b[fromB + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public void close() {
    store.close();
  }
}
