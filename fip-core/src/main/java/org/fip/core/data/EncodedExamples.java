package org.fip.core.data;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fip.core.FipException;

/**
 * Examples as they are stored: pixels, PNG or JPEG files, or text, with their labels. This is the
 * compact form that travels to where the examples are used; each user decodes its part once.
 * Immutable by convention, like {@link Examples}; all fields are plain arrays and values, which any
 * serialiser can carry.
 */
public final class EncodedExamples implements Serializable {

  private static final long serialVersionUID = 1;

  /** What a payload is. */
  public enum Kind {
    /** The unsigned bytes of an image of the common shape. */
    PIXELS,
    /** A PNG or JPEG file. */
    IMAGE_FILE,
    /** Text in UTF-8. */
    TEXT,
    /** The inputs of a network as they are, one after the other, in little-endian order. */
    TENSORS
  }

  private static final float[] NONE = {};

  /** The inputs that tensors are of, without values; null for other kinds. */
  private final List<Tensor> tensors;

  /**
   * The form of one input of an example.
   *
   * @param name the name that the network knows it by
   * @param shape the shape of one example
   * @param floating whether values are 32-bit floats; else 32-bit integers
   */
  public record Tensor(String name, List<Integer> shape, boolean floating) implements Serializable {
    /** Copies the shape. */
    public Tensor {
      shape = List.copyOf(shape);
    }

    private int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  private final Kind kind;
  private final byte[][] payloads;
  private final int[] labels;
  private final int[] rows;

  /** Outputs of a network stored with the examples, [n, C]; empty when there are none. */
  private final float[] outputs;

  /** Channels, height and width of pixels; null for other kinds. */
  private final int[] shape;

  private final String source;

  private EncodedExamples(
      Kind kind,
      byte[][] payloads,
      int[] labels,
      int[] rows,
      float[] outputs,
      int[] shape,
      List<Tensor> tensors,
      String source) {
    if (rows.length != payloads.length
        || (labels.length != 0 && labels.length != payloads.length)) {
      throw new IllegalArgumentException(
          String.format(
              "%d payloads, %d labels, %d rows", payloads.length, labels.length, rows.length));
    }
    this.kind = kind;
    this.payloads = payloads;
    this.labels = labels;
    this.rows = rows;
    this.outputs = outputs;
    this.shape = shape;
    this.tensors = tensors;
    this.source = source;
  }

  /**
   * Images of one shape as unsigned bytes.
   *
   * @param payloads the pixels of each image, {@code [channels, height, width]}
   * @param labels one for each image, or an empty array
   * @param rows which row of the source each image is, for messages
   * @param source where they come from, for messages
   */
  public static EncodedExamples pixels(
      ImageShape shape, byte[][] payloads, int[] labels, int[] rows, String source) {
    int[] sides = {shape.channels(), shape.height(), shape.width()};
    return new EncodedExamples(Kind.PIXELS, payloads, labels, rows, NONE, sides, null, source);
  }

  /** The same with rows counted from 0. */
  public static EncodedExamples pixels(
      ImageShape shape, byte[][] payloads, int[] labels, String source) {
    int[] rows = IntStream.range(0, payloads.length).toArray();
    return pixels(shape, payloads, labels, rows, source);
  }

  /** PNG or JPEG files, which need not be of one shape; parameters as in {@link #pixels}. */
  public static EncodedExamples imageFiles(
      byte[][] payloads, int[] labels, int[] rows, String source) {
    return new EncodedExamples(Kind.IMAGE_FILE, payloads, labels, rows, NONE, null, null, source);
  }

  /** Texts in UTF-8; parameters as in {@link #pixels}. */
  public static EncodedExamples texts(byte[][] payloads, int[] labels, int[] rows, String source) {
    return new EncodedExamples(Kind.TEXT, payloads, labels, rows, NONE, null, null, source);
  }

  /**
   * Inputs of a network as they are.
   *
   * @param inputs values of the same number of examples each
   * @param labels one for each example, or an empty array
   */
  public static EncodedExamples tensors(
      List<Examples.Input> inputs, int size, int[] labels, String source) {
    List<Tensor> forms =
        inputs.stream().map(i -> new Tensor(i.name(), i.shape(), i.floats() != null)).toList();
    int bytes = Float.BYTES * forms.stream().mapToInt(Tensor::size).sum();
    byte[][] payloads = new byte[size][bytes];
    for (int row = 0; row < size; row++) {
      ByteBuffer payload = ByteBuffer.wrap(payloads[row]).order(ByteOrder.LITTLE_ENDIAN);
      for (Examples.Input input : inputs) {
        for (int i = row * input.stride(); i < (row + 1) * input.stride(); i++) {
          if (input.floats() != null) {
            payload.putFloat(input.floats()[i]);
          } else {
            payload.putInt(input.integers()[i]);
          }
        }
      }
    }
    int[] rows = IntStream.range(0, size).toArray();
    return new EncodedExamples(
        Kind.TENSORS, payloads, labels, rows, NONE, null, new ArrayList<>(forms), source);
  }

  /** The inputs that {@link #tensors(List, int, int[], String)} was given, of these examples. */
  public Examples decodeTensors() {
    List<ByteBuffer> readers = new ArrayList<>();
    for (byte[] payload : payloads) {
      readers.add(ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN));
    }
    List<Examples.Input> inputs = new ArrayList<>();
    for (Tensor tensor : tensors) {
      int length = Examples.arrayLength(size(), tensor.size());
      float[] floats = tensor.floating ? new float[length] : null;
      int[] integers = tensor.floating ? null : new int[length];
      for (int i = 0; i < length; i++) {
        ByteBuffer reader = readers.get(i / tensor.size());
        if (floats != null) {
          floats[i] = reader.getFloat();
        } else {
          integers[i] = reader.getInt();
        }
      }
      inputs.add(new Examples.Input(tensor.name, tensor.shape, floats, integers));
    }
    return new Examples(size(), inputs, labels);
  }

  /** How many examples these are. */
  public int size() {
    return payloads.length;
  }

  /** What the payloads are. */
  public Kind kind() {
    return kind;
  }

  /** The stored form of one example. */
  public byte[] payload(int index) {
    return payloads[index];
  }

  /** One label for each example, or an empty array when there are none. */
  public int[] labels() {
    return labels;
  }

  /**
   * These examples with an output of a network stored with each.
   *
   * @param values [n, C], row-major
   */
  public EncodedExamples withOutputs(float[] values) {
    if (size() == 0 || values.length % size() != 0) {
      throw new IllegalArgumentException(values.length + " outputs of " + size() + " examples");
    }
    return new EncodedExamples(kind, payloads, labels, rows, values, shape, tensors, source);
  }

  /** The outputs stored with the examples, [n, C], or an empty array when there are none. */
  public float[] outputs() {
    return outputs;
  }

  private int outputsEach() {
    return outputs.length == 0 ? 0 : outputs.length / size();
  }

  /** The row of the source that each example is. */
  public int[] rows() {
    return rows;
  }

  /** Where the examples come from. */
  public String source() {
    return source;
  }

  /** Channels, height and width of pixels; null for other kinds. */
  public ImageShape shape() {
    return shape == null ? null : new ImageShape(shape[0], shape[1], shape[2]);
  }

  /** The same examples with no labels; payloads are shared, not copied. */
  public EncodedExamples withoutLabels() {
    return new EncodedExamples(kind, payloads, new int[0], rows, outputs, shape, tensors, source);
  }

  /**
   * The same examples with other labels; payloads are shared, not copied.
   *
   * @param others one for each example
   */
  public EncodedExamples withLabels(int[] others) {
    return new EncodedExamples(kind, payloads, others, rows, outputs, shape, tensors, source);
  }

  /** The bytes that the payloads hold together. */
  public long bytes() {
    return Arrays.stream(payloads).mapToLong(payload -> payload.length).sum();
  }

  /** The examples at the given positions, in that order; payloads are shared, not copied. */
  public EncodedExamples select(int[] positions) {
    return gather(positions.length, i -> positions[i]);
  }

  /** The examples {@code from} to {@code to - 1}; payloads are shared, not copied. */
  public EncodedExamples slice(int from, int to) {
    if (from < 0 || to < from || to > size()) {
      throw new IndexOutOfBoundsException(from + " to " + to + " of " + size() + " examples");
    }
    return gather(to - from, i -> from + i);
  }

  /**
   * The examples of several blocks, one after the other.
   *
   * @throws FipException DATA when they are not of one kind and shape, or only some have labels
   */
  public static EncodedExamples concat(List<EncodedExamples> blocks) {
    EncodedExamples first = blocks.get(0);
    if (blocks.size() == 1) {
      return first;
    }
    for (EncodedExamples block : blocks) {
      if (block.kind != first.kind
          || !Arrays.equals(block.shape, first.shape)
          || !Objects.equals(block.tensors, first.tensors)
          || (block.labels.length == 0) != (first.labels.length == 0)
          || block.outputsEach() != first.outputsEach()) {
        throw FipException.data(
            "%s holds %s and %s holds %s; what is joined must be of one kind and shape, with"
                + " labels or without",
            first.source, first.form(), block.source, block.form());
      }
    }
    return new EncodedExamples(
        first.kind,
        blocks.stream().flatMap(block -> Arrays.stream(block.payloads)).toArray(byte[][]::new),
        blocks.stream().flatMapToInt(block -> Arrays.stream(block.labels)).toArray(),
        blocks.stream().flatMapToInt(block -> Arrays.stream(block.rows)).toArray(),
        concatOutputs(blocks),
        first.shape,
        first.tensors,
        blocks.stream().map(EncodedExamples::source).distinct().collect(Collectors.joining(", ")));
  }

  private static float[] concatOutputs(List<EncodedExamples> blocks) {
    float[] all = new float[blocks.stream().mapToInt(block -> block.outputs.length).sum()];
    int at = 0;
    for (EncodedExamples block : blocks) {
      System.arraycopy(block.outputs, 0, all, at, block.outputs.length);
      at += block.outputs.length;
    }
    return all;
  }

  /** The examples cut into that many slices, in order, whose sizes differ by at most one. */
  public List<EncodedExamples> shards(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> slice((int) ((long) size() * i / count), (int) ((long) size() * (i + 1) / count)))
        .toList();
  }

  /**
   * Checks that a network with that many outputs can be asked for every label.
   *
   * @param where the recipe entry or option that the data are named in, for the message
   * @throws FipException DATA at the first label out of range
   */
  public void checkLabels(int classes, String where) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] >= classes) {
        throw FipException.data(
            "%s: row %d of %s has label %d and the network has %d outputs (0 to %d); choose labels,"
                + " correct labelOffset, or give the network more outputs",
            where, rows[i], source, labels[i], classes, classes - 1);
      }
    }
  }

  /**
   * Decodes and preprocesses images.
   *
   * @param preprocessor what to do to the pixels
   * @param network the shape that the network takes
   * @return examples with one input {@code pixel_values}, {@code [n, channels, height, width]}
   * @throws FipException DATA naming the row that cannot be brought into that shape
   */
  public Examples decode(ImagePreprocessor preprocessor, ImageShape network) {
    return decode(preprocessor, ImageInput.of(network));
  }

  /**
   * Decodes and preprocesses images; where the network takes any height or width, these must be the
   * same for all images once preprocessed.
   *
   * @param network what the network takes
   * @return as {@link #decode(ImagePreprocessor, ImageShape)} does
   * @throws FipException DATA naming the first row that does not fit the network or the rows before
   */
  public Examples decode(ImagePreprocessor preprocessor, ImageInput network) {
    if (kind == Kind.TEXT) {
      throw FipException.data(
          "%s holds text and the network takes images of shape %s; give images", source, network);
    }
    ImageShape common = null;
    float[] pixels = new float[0];
    for (int i = 0; i < size(); i++) {
      RawImage image = fit(i, preprocessor, network);
      if (common == null) {
        common = image.shape();
        pixels = new float[Examples.arrayLength(size(), common.pixels())];
      } else if (!image.shape().equals(common)) {
        throw FipException.data(
            "row %d of %s: the image is preprocessed %s, and row %d %s; %s",
            rows[i],
            source,
            image.shape(),
            rows[0],
            common,
            preprocessor.sizeAdvice("of one shape"));
      }
      preprocessor.normalise(image, pixels, i * common.pixels());
    }
    ImageShape shape = common == null ? network.shape(1, 1) : common;
    return Examples.images(shape.channels(), shape.height(), shape.width(), pixels, labels);
  }

  private RawImage fit(int index, ImagePreprocessor preprocessor, ImageInput network) {
    try {
      RawImage image =
          kind == Kind.PIXELS
              ? new RawImage(new ImageShape(shape[0], shape[1], shape[2]), payloads[index])
              : ImageFile.decode(payloads[index]);
      return preprocessor.fit(image, network);
    } catch (FipException e) {
      throw new FipException(
          e.category(), "row " + rows[index] + " of " + source + ": " + e.getMessage(), e);
    }
  }

  private String form() {
    String sides = shape == null ? "" : " " + new ImageShape(shape[0], shape[1], shape[2]);
    return kind + sides + (labels.length == 0 ? " without labels" : " with labels");
  }

  private EncodedExamples gather(int count, IntUnaryOperator position) {
    byte[][] newPayloads = new byte[count][];
    Arrays.setAll(newPayloads, i -> payloads[position.applyAsInt(i)]);
    int[] newLabels = new int[labels.length == 0 ? 0 : count];
    Arrays.setAll(newLabels, i -> labels[position.applyAsInt(i)]);
    int[] newRows = new int[count];
    Arrays.setAll(newRows, i -> rows[position.applyAsInt(i)]);
    int each = outputsEach();
    float[] newOutputs = new float[count * each];
    for (int i = 0; i < count; i++) {
      System.arraycopy(outputs, position.applyAsInt(i) * each, newOutputs, i * each, each);
    }
    return new EncodedExamples(
        kind, newPayloads, newLabels, newRows, newOutputs, shape, tensors, source);
  }
}
