package org.fip.core.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
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
    TEXT
  }

  private final Kind kind;
  private final byte[][] payloads;
  private final int[] labels;
  private final int[] rows;

  /** Channels, height and width of pixels; null for other kinds. */
  private final int[] shape;

  private final String source;

  private EncodedExamples(
      Kind kind, byte[][] payloads, int[] labels, int[] rows, int[] shape, String source) {
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
    this.shape = shape;
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
    return new EncodedExamples(Kind.PIXELS, payloads, labels, rows, sides, source);
  }

  /** PNG or JPEG files, which need not be of one shape; parameters as in {@link #pixels}. */
  public static EncodedExamples imageFiles(
      byte[][] payloads, int[] labels, int[] rows, String source) {
    return new EncodedExamples(Kind.IMAGE_FILE, payloads, labels, rows, null, source);
  }

  /** Texts in UTF-8; parameters as in {@link #pixels}. */
  public static EncodedExamples texts(byte[][] payloads, int[] labels, int[] rows, String source) {
    return new EncodedExamples(Kind.TEXT, payloads, labels, rows, null, source);
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

  /** The row of the source that each example is. */
  public int[] rows() {
    return rows;
  }

  /** Where the examples come from. */
  public String source() {
    return source;
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
          || (block.labels.length == 0) != (first.labels.length == 0)) {
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
        first.shape,
        blocks.stream().map(EncodedExamples::source).distinct().collect(Collectors.joining(", ")));
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
    return new EncodedExamples(kind, newPayloads, newLabels, newRows, shape, source);
  }
}
