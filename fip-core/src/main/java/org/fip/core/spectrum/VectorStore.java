package org.fip.core.spectrum;

/** Room for a fixed number of float32 vectors of one length, read and written in blocks. */
interface VectorStore extends AutoCloseable {
  /** Most floats of one block; blocks begin at its multiples. */
  int BLOCK = 1 << 14;

  /** The length of each vector. */
  int length();

  /** How many vectors there is room for. */
  int capacity();

  /** Copies a block, which begins at {@code from}, to the start of {@code target}. */
  void read(int vector, int from, int count, float[] target);

  /** Replaces a block, which begins at {@code from}, by a part of {@code source}. */
  void write(int vector, int from, int count, float[] source, int offset);

  /** Gives the room back. */
  @Override
  void close();

  /**
   * On the heap when all vectors together take at most {@code memoryBytes}, else in a file.
   *
   * @throws org.fip.core.FipException with category STORAGE when the file cannot be made
   */
  static VectorStore of(int length, int capacity, long memoryBytes) {
    return (long) length * capacity <= memoryBytes / Float.BYTES
        ? new HeapVectors(length, capacity)
        : new FileVectors(length, capacity);
  }
}
