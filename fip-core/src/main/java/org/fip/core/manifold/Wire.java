package org.fip.core.manifold;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.fip.core.safetensors.HalfFloats;

/**
 * The format in which shares travel between several workers, and their total back. Sums are taken
 * in float32 in the order of the workers, whatever travels; where a total is taken it is rounded to
 * the format as well, so that everyone has the same.
 */
public enum Wire {
  /** As they are. */
  FLOAT32(Float.BYTES) {
    @Override
    public void round(float[] values, int from, int to) {}

    @Override
    public void put(float[] values, int from, int count, ByteBuffer bytes) {
      bytes.asFloatBuffer().put(values, from, count);
    }

    @Override
    public void get(ByteBuffer bytes, float[] values, int from, int count) {
      bytes.asFloatBuffer().get(values, from, count);
    }

    @Override
    public void add(ByteBuffer bytes, float[] values, int from, int count) {
      FloatBuffer floats = bytes.asFloatBuffer();
      for (int i = 0; i < count; i++) {
        values[from + i] += floats.get(i);
      }
    }
  },
  /** Rounded to the nearest, ties to even: the range of float32 and 8 bits of precision. */
  BFLOAT16(Short.BYTES) {
    @Override
    public void round(float[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        values[i] = HalfFloats.fromBrain(HalfFloats.toBrain(values[i]));
      }
    }

    @Override
    public void put(float[] values, int from, int count, ByteBuffer bytes) {
      ShortBuffer buffer = bytes.asShortBuffer();
      short[] piece = new short[Math.min(count, PIECE)];
      for (int start = 0; start < count; start += piece.length) {
        int length = Math.min(piece.length, count - start);
        for (int i = 0; i < length; i++) {
          piece[i] = HalfFloats.toBrain(values[from + start + i]);
        }
        buffer.put(piece, 0, length);
      }
    }

    @Override
    public void get(ByteBuffer bytes, float[] values, int from, int count) {
      ShortBuffer buffer = bytes.asShortBuffer();
      short[] piece = new short[Math.min(count, PIECE)];
      for (int start = 0; start < count; start += piece.length) {
        int length = Math.min(piece.length, count - start);
        buffer.get(piece, 0, length);
        for (int i = 0; i < length; i++) {
          values[from + start + i] = HalfFloats.fromBrain(piece[i]);
        }
      }
    }

    @Override
    public void add(ByteBuffer bytes, float[] values, int from, int count) {
      ShortBuffer buffer = bytes.asShortBuffer();
      short[] piece = new short[Math.min(count, PIECE)];
      for (int start = 0; start < count; start += piece.length) {
        int length = Math.min(piece.length, count - start);
        buffer.get(piece, 0, length);
        for (int i = 0; i < length; i++) {
          values[from + start + i] += HalfFloats.fromBrain(piece[i]);
        }
      }
    }
  };

  /** Values converted at once: an array that stays in the first cache. */
  private static final int PIECE = 4096;

  private final int bytes;

  Wire(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one value. */
  public int bytes() {
    return bytes;
  }

  /** Replaces values by what would arrive of them. */
  public abstract void round(float[] values, int from, int to);

  /** Writes values at the buffer's position, which stays. */
  public abstract void put(float[] values, int from, int count, ByteBuffer bytes);

  /** Reads values from the buffer's position, which stays. */
  public abstract void get(ByteBuffer bytes, float[] values, int from, int count);

  /** Adds to values what {@link #get} would read. */
  public abstract void add(ByteBuffer bytes, float[] values, int from, int count);
}
