package org.fip.core.safetensors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.fip.core.FipException;

/**
 * Collects tensors and writes them as one safetensors file. Values are referred to, not copied, so
 * they must not change until {@link #writeTo} has returned; data is encoded in blocks on the way
 * out.
 */
public final class SafetensorsWriter {
  private static final int BLOCK_BYTES = 1 << 16;

  /** From the widest type down, so that every tensor is aligned to its elements. */
  private static final List<String> LIBRARY_ORDER =
      List.of(
          "U64", "I64", "F64", "C64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16", "F8_E8M0",
          "F8_E4M3", "F8_E5M2", "I8", "U8", "F6_E3M2", "F6_E2M3", "F4", "BOOL");

  private final Map<String, String> metadata;
  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private boolean libraryOrder;

  /** A writer of a file with this free text in its header, none when it is empty. */
  public SafetensorsWriter(Map<String, String> metadata) {
    this.metadata = new LinkedHashMap<>(metadata);
  }

  /**
   * Lays tensors out as the safetensors library does, by type from the widest down and then by
   * name, instead of in the order they were added.
   */
  public SafetensorsWriter inLibraryOrder() {
    libraryOrder = true;
    return this;
  }

  /**
   * Adds a tensor of type F32, F64, F16 or BF16, its values the slice of {@code values} from {@code
   * offset} on. The 16-bit types round to nearest, ties to even.
   */
  public SafetensorsWriter add(
      String name, ElementType type, long[] shape, float[] values, int offset) {
    requireType(name, type, type.isFloating());
    int count = Math.toIntExact(elements(shape));
    Objects.checkFromIndexSize(offset, count, values.length);
    return add(name, type, shape, (block, index) -> putFloat(type, block, values[offset + index]));
  }

  /**
   * Adds a tensor of type F32, F64, F16 or BF16 whose values are asked for when it is written: for
   * more than fits the memory at once. The array is not used afterwards.
   */
  public SafetensorsWriter add(
      String name, ElementType type, long[] shape, Supplier<float[]> source) {
    requireType(name, type, type.isFloating());
    int count = Math.toIntExact(elements(shape));
    return add(
        name,
        type.name(),
        shape,
        (long) count * type.size(),
        out -> {
          float[] values = source.get();
          requireLength(name, shape, values.length);
          encode(count, type.size(), (block, index) -> putFloat(type, block, values[index]), out);
        });
  }

  /** Adds a tensor of type F64, or of F32, to which each value is rounded. */
  public SafetensorsWriter add(String name, ElementType type, long[] shape, double[] values) {
    requireType(name, type, type == ElementType.F64 || type == ElementType.F32);
    requireLength(name, shape, values.length);
    return add(name, type, shape, (block, index) -> putDouble(type, block, values[index]));
  }

  /**
   * Adds a tensor of integers or BOOL.
   *
   * @throws FipException with category DATA when a value does not fit the type
   */
  public SafetensorsWriter add(String name, ElementType type, long[] shape, long[] values) {
    requireType(name, type, !type.isFloating());
    requireLength(name, shape, values.length);
    for (long value : values) {
      requireFits(name, type, value);
    }
    return add(name, type, shape, (block, index) -> putLong(type, block, values[index]));
  }

  /** Adds a tensor of any type by its little-endian bytes. */
  public SafetensorsWriter add(String name, ElementType type, long[] shape, byte[] values) {
    if (elements(shape) * type.size() != values.length) {
      throw new IllegalArgumentException(
          String.format(
              "tensor '%s' of type %s and shape %s was given %d bytes",
              name, type, Arrays.toString(shape), values.length));
    }
    return add(name, type.name(), shape, values.length, out -> out.write(values));
  }

  /** Adds a tensor of another file as it is there, also of a type that cannot be computed with. */
  public SafetensorsWriter copy(TensorInfo tensor, TensorSource source) {
    return add(
        tensor.name(),
        tensor.dtype(),
        tensor.dimensions(),
        tensor.bytes(),
        out -> source.transfer(tensor, out));
  }

  /** Writes the whole file; the caller closes {@code out}. */
  public void writeTo(OutputStream out) throws IOException {
    List<Entry> ordered = new ArrayList<>(entries);
    if (libraryOrder) {
      ordered.sort(Comparator.comparingInt(Entry::rank).thenComparing(Entry::name));
    }
    byte[] header = header(ordered).toBytes();
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    for (Entry entry : ordered) {
      entry.body().writeTo(out);
    }
  }

  /** Writes the data of one tensor. */
  private interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Appends one element to a block. */
  private interface Encoder {
    void put(ByteBuffer block, int index);
  }

  private record Entry(String name, String dtype, List<Long> shape, long bytes, Body body) {

    /** The place of the type in the library's order; a type it does not have comes last. */
    int rank() {
      int index = LIBRARY_ORDER.indexOf(dtype);
      return index < 0 ? LIBRARY_ORDER.size() : index;
    }
  }

  private Header header(List<Entry> ordered) {
    List<TensorInfo> tensors = new ArrayList<>();
    long position = 0;
    for (Entry entry : ordered) {
      long end = position + entry.bytes();
      tensors.add(new TensorInfo(entry.name(), entry.dtype(), entry.shape(), position, end));
      position = end;
    }
    return new Header(metadata, tensors);
  }

  private SafetensorsWriter add(String name, ElementType type, long[] shape, Encoder encoder) {
    int count = Math.toIntExact(elements(shape));
    long bytes = (long) count * type.size();
    return add(name, type.name(), shape, bytes, out -> encode(count, type.size(), encoder, out));
  }

  private SafetensorsWriter add(String name, String dtype, long[] shape, long bytes, Body body) {
    if (name.equals(Header.METADATA_KEY) || !names.add(name)) {
      throw new IllegalArgumentException(
          "tensor name '" + name + "' is reserved or was added before");
    }
    entries.add(new Entry(name, dtype, Arrays.stream(shape).boxed().toList(), bytes, body));
    return this;
  }

  private static void encode(int count, int size, Encoder encoder, OutputStream out)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (block.remaining() < size) {
        out.write(block.array(), 0, block.position());
        block.clear();
      }
      encoder.put(block, i);
    }
    out.write(block.array(), 0, block.position());
  }

  private static void putFloat(ElementType type, ByteBuffer block, float value) {
    switch (type) {
      case F32 -> block.putFloat(value);
      case F64 -> block.putDouble(value);
      case F16 -> block.putShort(HalfFloats.toHalf(value));
      case BF16 -> block.putShort(HalfFloats.toBrain(value));
      default -> throw new AssertionError(type);
    }
  }

  private static void putDouble(ElementType type, ByteBuffer block, double value) {
    if (type == ElementType.F64) {
      block.putDouble(value);
    } else {
      block.putFloat((float) value);
    }
  }

  private static void putLong(ElementType type, ByteBuffer block, long value) {
    switch (type.size()) {
      case 8 -> block.putLong(value);
      case 4 -> block.putInt((int) value);
      case 2 -> block.putShort((short) value);
      default -> block.put((byte) value);
    }
  }

  private static void requireFits(String name, ElementType type, long value) {
    boolean fits =
        switch (type) {
          case I32 -> value == (int) value;
          case I16 -> value == (short) value;
          case I8 -> value == (byte) value;
          case U8 -> value >= 0 && value <= 0xff;
          case BOOL -> value == 0 || value == 1;
          default -> true;
        };
    if (!fits) {
      throw FipException.data("tensor '%s': value %d does not fit type %s", name, value, type);
    }
  }

  private static void requireType(String name, ElementType type, boolean possible) {
    if (!possible) {
      throw new IllegalArgumentException(
          "tensor '" + name + "' of type " + type + " cannot be made of these values");
    }
  }

  private static void requireLength(String name, long[] shape, int length) {
    if (elements(shape) != length) {
      throw new IllegalArgumentException(
          String.format(
              "tensor '%s' of shape %s was given %d values", name, Arrays.toString(shape), length));
    }
  }

  private static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
