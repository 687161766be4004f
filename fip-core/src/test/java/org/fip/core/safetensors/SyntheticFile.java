package org.fip.core.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.fip.core.storage.RandomAccessReader;

/**
 * A safetensors file of any length that exists only as a rule: after the header, byte {@code i} of
 * the data section is {@code i mod 251}.
 */
final class SyntheticFile implements RandomAccessReader {
  private static final byte[] PATTERN = new byte[251 * 4096];

  static {
    for (int i = 0; i < PATTERN.length; i++) {
      PATTERN[i] = at(i);
    }
  }

  private final byte[] head;
  private final long size;
  private boolean closed;

  SyntheticFile(String header, long dataBytes) {
    this(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  SyntheticFile(byte[] header, long dataBytes) {
    this(header.length, header, dataBytes);
  }

  /** A file whose stated header length may be a lie. */
  SyntheticFile(long statedLength, byte[] header, long dataBytes) {
    head =
        ByteBuffer.allocate(8 + header.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(statedLength)
            .put(header)
            .array();
    size = head.length + dataBytes;
  }

  static byte at(long dataPosition) {
    return (byte) (dataPosition % 251);
  }

  boolean closed() {
    return closed;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    if (position + length > size) {
      throw new EOFException();
    }
    int done = 0;
    for (; done < length && position + done < head.length; done++) {
      target[offset + done] = head[(int) (position + done)];
    }
    while (done < length) {
      int start = (int) ((position + done - head.length) % 251);
      int count = Math.min(length - done, PATTERN.length - start);
      System.arraycopy(PATTERN, start, target, offset + done, count);
      done += count;
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
