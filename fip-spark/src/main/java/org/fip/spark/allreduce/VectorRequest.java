package org.fip.spark.allreduce;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.fip.core.manifold.Wire;

/**
 * One question for a vector that another process holds. The answer is its length, or {@link
 * #NOT_HELD}, and then its values in the format asked for, little-endian.
 *
 * @param worker whose vector
 * @param number of the round since which it is held
 * @param wire the format of its values, which travels as their size
 */
record VectorRequest(int worker, long number, Wire wire) {
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final int NOT_HELD = -1;
  static final int BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  /** Bytes of values that are sent and added at once. */
  static final int BLOCK_BYTES = 1 << 18;

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ORDER);
  }

  void write(ByteBuffer bytes) {
    bytes.clear();
    bytes.putInt(worker).putLong(number).putInt(wire.bytes());
    bytes.flip();
  }

  static VectorRequest read(ByteBuffer bytes) throws IOException {
    int worker = bytes.getInt();
    long number = bytes.getLong();
    int size = bytes.getInt();
    for (Wire wire : Wire.values()) {
      if (wire.bytes() == size) {
        return new VectorRequest(worker, number, wire);
      }
    }
    throw new IOException("there are no values of " + size + " bytes");
  }
}
