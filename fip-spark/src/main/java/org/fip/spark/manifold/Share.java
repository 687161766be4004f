package org.fip.spark.manifold;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.fip.core.FipException;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Wire;

/**
 * A worker's answer to a round, or a part of one. A failure that trying again does not mend is an
 * answer too: thrown, it would be tried again by Spark, and arrive as text.
 *
 * @param executor the executor that the worker lives on
 * @param length of the share's vector, or -1 when nothing was asked or nothing is there
 * @param floats the vector, when it travels as it is
 * @param bytes the vector, when it travels in another format
 * @param address where the vector is served, when it is
 * @param sums the scalars
 * @param category kind of the failure, or null
 * @param message line of the failure, or null
 */
@SuppressWarnings("ArrayRecordComponent")
record Share(
    String executor,
    int length,
    float[] floats,
    byte[] bytes,
    String address,
    double[] sums,
    FipException.Category category,
    String message)
    implements Serializable {

  /** An answer without a vector. */
  static Share empty(String executor) {
    return new Share(executor, -1, null, null, null, null, null, null);
  }

  /** A share, whose vector comes with it unless it is held. */
  static Share of(String executor, Partial partial, Wire wire, boolean isHeld, String address) {
    float[] vector = partial.vector();
    Share part = isHeld ? empty(executor) : part(executor, vector, wire);
    return new Share(
        executor, vector.length, part.floats, part.bytes, address, partial.sums(), null, null);
  }

  /** A part of a vector. */
  static Share part(String executor, float[] part, Wire wire) {
    if (wire == Wire.FLOAT32) {
      return new Share(executor, part.length, part, null, null, null, null, null);
    }
    ByteBuffer bytes = ByteBuffer.allocate(part.length * wire.bytes()).order(ByteOrder.BIG_ENDIAN);
    wire.put(part, 0, part.length, bytes);
    return new Share(executor, part.length, null, bytes.array(), null, null, null, null);
  }

  static Share failed(String executor, FipException failure) {
    return new Share(
        executor, -1, null, null, null, null, failure.category(), failure.getMessage());
  }

  /** Throws the failure, if it is one. */
  void require() {
    if (category != null) {
      throw new FipException(category, message);
    }
  }

  /** Whether there is a vector, and it is here. */
  boolean hasVector() {
    return floats != null || bytes != null;
  }

  /** Writes the vector to a place in a total. */
  void copyTo(float[] total, int from, Wire wire) {
    if (floats != null) {
      System.arraycopy(floats, 0, total, from, length);
    } else {
      wire.get(ByteBuffer.wrap(bytes), total, from, length);
    }
  }

  /** Adds the vector to a place in a total. */
  void addTo(float[] total, int from, Wire wire) {
    if (floats != null) {
      for (int i = 0; i < length; i++) {
        total[from + i] += floats[i];
      }
    } else {
      wire.add(ByteBuffer.wrap(bytes), total, from, length);
    }
  }

  /** The vector, which the caller may write to. */
  float[] vector(Wire wire) {
    if (floats != null) {
      return floats;
    }
    float[] vector = new float[length];
    copyTo(vector, 0, wire);
    return vector;
  }

  @Override
  public String toString() {
    return "Share of %s: %d floats, %s".formatted(executor, length, Arrays.toString(sums));
  }
}
