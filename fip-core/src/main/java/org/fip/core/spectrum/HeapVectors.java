package org.fip.core.spectrum;

/** Vectors as arrays, each made when it is first written. */
final class HeapVectors implements VectorStore {
  private final int length;
  private final float[][] vectors;

  HeapVectors(int length, int capacity) {
    this.length = length;
    vectors = new float[capacity][];
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int capacity() {
    return vectors.length;
  }

  @Override
  public void read(int vector, int from, int count, float[] target) {
    System.arraycopy(vectors[vector], from, target, 0, count);
  }

  @Override
  public void write(int vector, int from, int count, float[] source, int offset) {
    if (vectors[vector] == null) {
      vectors[vector] = new float[length];
    }
    System.arraycopy(source, offset, vectors[vector], from, count);
  }

  @Override
  public void close() {}
}
