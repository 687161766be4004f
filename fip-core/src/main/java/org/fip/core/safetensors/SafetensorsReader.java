package org.fip.core.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.storage.RandomAccessReader;

/**
 * A safetensors file opened for reading. The header is checked when it is opened; data is read on
 * demand in blocks, so a file may be larger than memory.
 */
public final class SafetensorsReader implements TensorSource {
  private static final int LENGTH_BYTES = 8;

  /** The bound of the safetensors library: a larger header is not a header. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int BLOCK_BYTES = 1 << 20;
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  private final RandomAccessReader file;
  private final String location;
  private final long dataStart;
  private final Header header;
  private final Map<String, TensorInfo> byName = new HashMap<>();

  private SafetensorsReader(RandomAccessReader file, String location) throws IOException {
    this.file = file;
    this.location = location;
    long size = file.size();
    int headerBytes = headerBytes(file, size, location);
    byte[] bytes = new byte[headerBytes];
    file.readFully(LENGTH_BYTES, bytes, 0, headerBytes);
    this.dataStart = LENGTH_BYTES + (long) headerBytes;
    this.header = Header.parse(bytes, size - dataStart, location);
    header.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
  }

  /**
   * Reads and checks the header. The reader owns {@code file} and closes it, also when this fails.
   *
   * @param location where the file is, for messages
   * @throws FipException with category DATA when it is not a whole safetensors file, STORAGE when
   *     it cannot be read
   */
  public static SafetensorsReader open(RandomAccessReader file, String location) {
    try {
      return new SafetensorsReader(file, location);
    } catch (IOException e) {
      closeAfter(e, file);
      throw readFailure(e, location);
    } catch (RuntimeException e) {
      closeAfter(e, file);
      throw e;
    }
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public List<TensorInfo> tensors() {
    return header.tensors();
  }

  @Override
  public Optional<TensorInfo> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public void readFloats(TensorInfo tensor, float[] target, int offset) {
    ElementType type = floatingType(tensor);
    Objects.checkFromIndexSize(offset, arrayLength(tensor, tensor.elements()), target.length);
    read(tensor, (block, done) -> floats(type, block, target, offset + (int) (done / type.size())));
  }

  /**
   * Reads a part of a floating-point tensor (F64, F32, F16, BF16) to the start of {@code target}.
   *
   * @param first index of the first element, row-major
   * @param count how many elements
   */
  public void readFloats(TensorInfo tensor, long first, int count, float[] target) {
    ElementType type = floatingType(tensor);
    Objects.checkFromIndexSize(first, count, tensor.elements());
    Objects.checkFromIndexSize(0, count, target.length);
    read(
        tensor,
        first * type.size(),
        (long) count * type.size(),
        (block, done) -> floats(type, block, target, (int) (done / type.size())));
  }

  @Override
  public double[] readDoubles(TensorInfo tensor) {
    ElementType type = floatingType(tensor);
    double[] target = new double[arrayLength(tensor, tensor.elements())];
    read(tensor, (block, done) -> doubles(type, block, target, (int) (done / type.size())));
    return target;
  }

  @Override
  public long[] readLongs(TensorInfo tensor) {
    ElementType type = type(tensor);
    if (type.isFloating()) {
      throw wrongType(tensor, "integers");
    }
    long[] target = new long[arrayLength(tensor, tensor.elements())];
    read(tensor, (block, done) -> longs(type, block, target, (int) (done / type.size())));
    return target;
  }

  @Override
  public byte[] readBytes(TensorInfo tensor) {
    byte[] target = new byte[arrayLength(tensor, tensor.bytes())];
    try {
      file.readFully(dataStart + tensor.begin(), target, 0, target.length);
    } catch (IOException e) {
      throw readFailure(e, describe(tensor));
    }
    return target;
  }

  @Override
  public void transfer(TensorInfo tensor, OutputStream target) throws IOException {
    byte[] block = new byte[(int) Math.min(BLOCK_BYTES, tensor.bytes())];
    for (long done = 0; done < tensor.bytes(); done += block.length) {
      int length = (int) Math.min(block.length, tensor.bytes() - done);
      fill(tensor, done, block, length);
      target.write(block, 0, length);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw readFailure(e, location);
    }
  }

  /** Takes one block of bytes, the first of which is byte {@code done} of those asked for. */
  private interface BlockConsumer {
    void accept(ByteBuffer block, long done);
  }

  /** Blocks are a multiple of every element size, so no element is cut. */
  private void read(TensorInfo tensor, BlockConsumer consumer) {
    read(tensor, 0, tensor.bytes(), consumer);
  }

  private void read(TensorInfo tensor, long from, long bytes, BlockConsumer consumer) {
    byte[] block = new byte[(int) Math.min(BLOCK_BYTES, bytes)];
    for (long done = 0; done < bytes; done += block.length) {
      int length = (int) Math.min(block.length, bytes - done);
      fill(tensor, from + done, block, length);
      consumer.accept(ByteBuffer.wrap(block, 0, length).order(ByteOrder.LITTLE_ENDIAN), done);
    }
  }

  private void fill(TensorInfo tensor, long done, byte[] block, int length) {
    try {
      file.readFully(dataStart + tensor.begin() + done, block, 0, length);
    } catch (IOException e) {
      throw readFailure(e, describe(tensor));
    }
  }

  private static void floats(ElementType type, ByteBuffer block, float[] target, int start) {
    int count = block.remaining() / type.size();
    if (type == ElementType.F32) {
      block.asFloatBuffer().get(target, start, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      target[start + i] = (float) floatingAt(type, block, i);
    }
  }

  private static void doubles(ElementType type, ByteBuffer block, double[] target, int start) {
    int count = block.remaining() / type.size();
    for (int i = 0; i < count; i++) {
      target[start + i] = floatingAt(type, block, i);
    }
  }

  private static double floatingAt(ElementType type, ByteBuffer block, int index) {
    int position = index * type.size();
    return switch (type) {
      case F64 -> block.getDouble(position);
      case F32 -> block.getFloat(position);
      case F16 -> HalfFloats.fromHalf(block.getShort(position));
      case BF16 -> HalfFloats.fromBrain(block.getShort(position));
      default -> throw new AssertionError(type);
    };
  }

  private static void longs(ElementType type, ByteBuffer block, long[] target, int start) {
    int count = block.remaining() / type.size();
    for (int i = 0; i < count; i++) {
      target[start + i] = integerAt(type, block, i);
    }
  }

  private static long integerAt(ElementType type, ByteBuffer block, int index) {
    int position = index * type.size();
    return switch (type) {
      case I64 -> block.getLong(position);
      case I32 -> block.getInt(position);
      case I16 -> block.getShort(position);
      case I8 -> block.get(position);
      case U8 -> Byte.toUnsignedLong(block.get(position));
      case BOOL -> block.get(position) == 0 ? 0 : 1;
      default -> throw new AssertionError(type);
    };
  }

  private ElementType floatingType(TensorInfo tensor) {
    ElementType type = type(tensor);
    if (!type.isFloating()) {
      throw wrongType(tensor, "floating-point numbers");
    }
    return type;
  }

  private ElementType type(TensorInfo tensor) {
    return ElementType.find(tensor.dtype())
        .orElseThrow(
            () ->
                FipException.data(
                    "%s has dtype %s, which cannot be computed with; use one of %s",
                    describe(tensor), tensor.dtype(), List.of(ElementType.values())));
  }

  private FipException wrongType(TensorInfo tensor, String wanted) {
    return FipException.data(
        "%s has dtype %s where %s are needed", describe(tensor), tensor.dtype(), wanted);
  }

  private int arrayLength(TensorInfo tensor, long length) {
    if (length > MAX_ARRAY_LENGTH) {
      throw FipException.data(
          "%s is too large to be read at once: %d, at most %d",
          describe(tensor), length, MAX_ARRAY_LENGTH);
    }
    return (int) length;
  }

  private String describe(TensorInfo tensor) {
    return location + ": tensor '" + tensor.name() + "'";
  }

  private static int headerBytes(RandomAccessReader file, long size, String location)
      throws IOException {
    if (size < LENGTH_BYTES) {
      throw FipException.data(
          "%s: %d bytes are too few for a safetensors file; it is empty or truncated",
          location, size);
    }
    byte[] bytes = new byte[LENGTH_BYTES];
    file.readFully(0, bytes, 0, LENGTH_BYTES);
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw FipException.data(
          "%s: a header of %s bytes is over the limit of %d; this is not a safetensors file",
          location, Long.toUnsignedString(length), MAX_HEADER_BYTES);
    }
    if (length > size - LENGTH_BYTES) {
      throw FipException.data(
          "%s: a header of %d bytes does not fit in a file of %d; it is truncated",
          location, length, size);
    }
    return (int) length;
  }

  private static FipException readFailure(IOException e, String where) {
    if (e instanceof EOFException) {
      return FipException.data("%s: the file ended while it was read; it is truncated", where);
    }
    return FipException.storage(e, "%s: cannot be read: %s", where, e.getMessage());
  }

  private static void closeAfter(Exception failure, RandomAccessReader file) {
    try {
      file.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
