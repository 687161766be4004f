package org.fip.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.fip.core.FipException;

/**
 * A block of examples in the form that a network takes them: one or several named inputs, and a
 * label for each example or none at all. Immutable by convention: arrays are handed in and out
 * without a copy, and nobody writes to them.
 */
public final class Examples {

  /**
   * One named input of a network, for all examples of a block, example after example.
   *
   * @param name the name that the network knows it by, such as {@code pixel_values}
   * @param shape the shape of one example
   * @param floats the values, length {@code examples * product(shape)}, or null for integers
   * @param integers the values of an integer input, or null for floats
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Input(String name, List<Integer> shape, float[] floats, int[] integers) {

    /** Checks that exactly one kind of values is given and that the shape has no empty side. */
    public Input {
      shape = List.copyOf(shape);
      if ((floats == null) == (integers == null)) {
        throw new IllegalArgumentException("input " + name + " needs either floats or integers");
      }
      for (int side : shape) {
        if (side < 1) {
          throw new IllegalArgumentException("input " + name + " has the shape " + shape);
        }
      }
    }

    /** How many values one example has. */
    public int stride() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }

    private int length() {
      return floats != null ? floats.length : integers.length;
    }

    private Input gather(int count, IntUnaryOperator row) {
      int stride = stride();
      Object source = floats != null ? floats : integers;
      float[] newFloats = floats != null ? new float[arrayLength(count, stride)] : null;
      int[] newIntegers = floats != null ? null : new int[arrayLength(count, stride)];
      Object target = floats != null ? newFloats : newIntegers;
      for (int i = 0; i < count; i++) {
        System.arraycopy(source, row.applyAsInt(i) * stride, target, i * stride, stride);
      }
      return new Input(name, shape, newFloats, newIntegers);
    }
  }

  /** The input name of images. */
  public static final String PIXEL_VALUES = "pixel_values";

  private final int size;
  private final List<Input> inputs;
  private final int[] labels;

  /**
   * Checks and takes a block.
   *
   * @param inputs the inputs of the network, all with values for {@code size} examples
   * @param labels one label for each example, or an empty array
   * @throws FipException DATA when an input holds NaN or an infinity, or a label is negative
   */
  public Examples(int size, List<Input> inputs, int[] labels) {
    this.size = size;
    this.inputs = List.copyOf(inputs);
    this.labels = labels;
    if (this.inputs.isEmpty()) {
      throw new IllegalArgumentException("examples need at least one input");
    }
    if (labels.length != 0 && labels.length != size) {
      throw FipException.data(
          "%d examples have %d labels; there must be one for each, or none", size, labels.length);
    }
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] < 0) {
        throw FipException.data("row %d: label %d; labels start at 0", row, labels[row]);
      }
    }
    for (Input input : this.inputs) {
      checkValues(input);
    }
  }

  /** A block of images, {@code pixels} being {@code [n, channels, height, width]}. */
  public static Examples images(int channels, int height, int width, float[] pixels, int[] labels) {
    ImageShape shape = new ImageShape(channels, height, width);
    if (pixels.length % shape.pixels() != 0) {
      throw FipException.data(
          "%d values are no whole number of images of shape %s", pixels.length, shape);
    }
    Input input = new Input(PIXEL_VALUES, List.of(channels, height, width), pixels, null);
    return new Examples(pixels.length / shape.pixels(), List.of(input), labels);
  }

  /** The blocks one after the other; all have the same inputs, and all have labels or none has. */
  public static Examples concat(List<Examples> blocks) {
    Examples first = blocks.get(0);
    int size = 0;
    for (Examples block : blocks) {
      first.checkSameForm(block);
      size = Math.addExact(size, block.size);
    }
    List<Input> joined = new ArrayList<>();
    for (int i = 0; i < first.inputs.size(); i++) {
      joined.add(join(blocks, i, size));
    }
    int[] labels = blocks.stream().flatMapToInt(block -> Arrays.stream(block.labels)).toArray();
    return new Examples(size, joined, labels);
  }

  /** How many examples these are. */
  public int size() {
    return size;
  }

  /** The inputs, in the order that the network takes them. */
  public List<Input> inputs() {
    return inputs;
  }

  /** One label for each example, or an empty array when there are none. */
  public int[] labels() {
    return labels;
  }

  /** The examples of the given rows, in that order; a row may be named twice. */
  public Examples select(int[] rows) {
    for (int row : rows) {
      checkRange(row, row + 1);
    }
    return gather(rows.length, i -> rows[i]);
  }

  /** The examples of rows {@code from} to {@code to - 1}. */
  public Examples slice(int from, int to) {
    checkRange(from, to);
    return gather(to - from, i -> from + i);
  }

  private Examples gather(int count, IntUnaryOperator row) {
    List<Input> gathered = inputs.stream().map(input -> input.gather(count, row)).toList();
    int[] newLabels = new int[labels.length == 0 ? 0 : count];
    Arrays.setAll(newLabels, i -> labels[row.applyAsInt(i)]);
    return new Examples(count, gathered, newLabels);
  }

  private void checkRange(int from, int to) {
    if (from < 0 || to < from || to > size) {
      throw new IndexOutOfBoundsException(
          "rows " + from + " to " + to + " of " + size + " examples");
    }
  }

  private void checkSameForm(Examples other) {
    boolean same = inputs.size() == other.inputs.size();
    for (int i = 0; same && i < inputs.size(); i++) {
      Input mine = inputs.get(i);
      Input theirs = other.inputs.get(i);
      same =
          mine.name().equals(theirs.name())
              && mine.shape().equals(theirs.shape())
              && (mine.floats() == null) == (theirs.floats() == null);
    }
    if (!same) {
      throw FipException.data(
          "examples with the inputs %s cannot follow examples with %s; use data of one form",
          other.form(), form());
    }
    if (size > 0 && other.size > 0 && (labels.length == 0) != (other.labels.length == 0)) {
      throw FipException.data(
          "%d examples with %d labels cannot follow %d with %d; label all or none",
          other.size, other.labels.length, size, labels.length);
    }
  }

  private String form() {
    return inputs.stream().map(input -> input.name() + input.shape()).toList().toString();
  }

  private void checkValues(Input input) {
    int stride = input.stride();
    if (input.length() != (long) size * stride) {
      throw FipException.data(
          "input %s has %d values; %d examples of shape %s need %d",
          input.name(), input.length(), size, input.shape(), (long) size * stride);
    }
    if (input.floats() == null) {
      return;
    }
    float[] values = input.floats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw FipException.data(
            "row %d: input %s holds %s at position %d; give finite values",
            i / stride, input.name(), values[i], i % stride);
      }
    }
  }

  private static Input join(List<Examples> blocks, int index, int size) {
    Input form = blocks.get(0).inputs.get(index);
    int length = arrayLength(size, form.stride());
    float[] floats = form.floats() != null ? new float[length] : null;
    int[] integers = form.floats() != null ? null : new int[length];
    int offset = 0;
    for (Examples block : blocks) {
      Input part = block.inputs.get(index);
      Object source = floats != null ? part.floats() : part.integers();
      System.arraycopy(source, 0, floats != null ? floats : integers, offset, part.length());
      offset += part.length();
    }
    return new Input(form.name(), form.shape(), floats, integers);
  }

  static int arrayLength(int count, int stride) {
    long length = (long) count * stride;
    if (length > Integer.MAX_VALUE - 8) {
      throw FipException.data(
          "%d examples of %d values each do not fit one block of %d values; use more shards",
          count, stride, Integer.MAX_VALUE - 8);
    }
    return (int) length;
  }
}
