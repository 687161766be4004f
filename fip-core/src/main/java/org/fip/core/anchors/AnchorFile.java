package org.fip.core.anchors;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.EncodedExamples.Kind;
import org.fip.core.data.ImageShape;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.storage.Folder;

/**
 * A memory of anchors as one safetensors file: {@code payloads} (U8, the stored forms one after the
 * other), {@code ends} (I64, where each ends) and {@code ranks} (I32); in the metadata what the
 * payloads are. {@code labels} (I32) are there only when the anchors have some.
 */
public final class AnchorFile {
  /** Its name. */
  public static final String NAME = "anchors.safetensors";

  private static final String KIND = "kind";
  private static final String SHAPE = "shape";
  private static final String PAYLOADS = "payloads";
  private static final String ENDS = "ends";
  private static final String RANKS = "ranks";
  private static final String LABELS = "labels";

  /** Some less than an array can have. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private AnchorFile() {}

  /**
   * Writes a memory of images or texts.
   *
   * @throws FipException with category DATA when it has more bytes than an array can
   */
  public static void write(Anchors anchors, Folder folder) throws IOException {
    EncodedExamples examples = anchors.examples();
    int n = examples.size();
    if (examples.bytes() > MOST_BYTES) {
      throw FipException.data(
          "%d kept examples have %d bytes, and a memory has %d at most; keep fewer, by limit or"
              + " anchors.total",
          n, examples.bytes(), MOST_BYTES);
    }
    byte[] payloads = new byte[(int) examples.bytes()];
    long[] ends = new long[n];
    int end = 0;
    for (int i = 0; i < n; i++) {
      byte[] payload = examples.payload(i);
      System.arraycopy(payload, 0, payloads, end, payload.length);
      end += payload.length;
      ends[i] = end;
    }
    SafetensorsWriter writer =
        new SafetensorsWriter(metadata(examples))
            .inLibraryOrder()
            .add(PAYLOADS, ElementType.U8, new long[] {payloads.length}, payloads)
            .add(ENDS, ElementType.I64, new long[] {n}, ends)
            .add(RANKS, ElementType.I32, new long[] {n}, widen(anchors.ranks()));
    if (examples.labels().length > 0) {
      writer.add(LABELS, ElementType.I32, new long[] {n}, widen(examples.labels()));
    }
    try (OutputStream out = folder.create(NAME)) {
      writer.writeTo(out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws FipException with category DATA when the file is not such a memory
   */
  public static Anchors read(Folder folder) throws IOException {
    String where = folder.location() + "/" + NAME;
    try (SafetensorsReader file = SafetensorsReader.open(folder.openRandom(NAME), where)) {
      byte[] all = file.readBytes(file.get(PAYLOADS));
      long[] ends = file.readLongs(file.get(ENDS));
      byte[][] payloads = new byte[ends.length][];
      for (int i = 0; i < ends.length; i++) {
        long from = i == 0 ? 0 : ends[i - 1];
        if (from < 0 || ends[i] < from || ends[i] > all.length) {
          throw FipException.data("%s: is damaged, anchor %d has no payload", where, i);
        }
        payloads[i] = Arrays.copyOfRange(all, (int) from, (int) ends[i]);
      }
      int[] ranks = integers(file, file.get(RANKS));
      int[] labels = file.find(LABELS).map(t -> integers(file, t)).orElse(new int[0]);
      return new Anchors(examples(file.metadata(), payloads, labels, folder.location()), ranks);
    } catch (IllegalArgumentException e) {
      throw new FipException(
          FipException.Category.DATA, where + ": is no memory of anchors: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> metadata(EncodedExamples examples) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(KIND, examples.kind().name());
    if (examples.kind() == Kind.PIXELS) {
      ImageShape shape = examples.shape();
      metadata.put(SHAPE, shape.channels() + "," + shape.height() + "," + shape.width());
    }
    return metadata;
  }

  private static EncodedExamples examples(
      Map<String, String> metadata, byte[][] payloads, int[] labels, String source) {
    int[] rows = IntStream.range(0, payloads.length).toArray();
    return switch (Kind.valueOf(metadata.getOrDefault(KIND, "none"))) {
      case PIXELS ->
          EncodedExamples.pixels(
              shape(metadata.getOrDefault(SHAPE, "")), payloads, labels, rows, source);
      case IMAGE_FILE -> EncodedExamples.imageFiles(payloads, labels, rows, source);
      case TEXT -> EncodedExamples.texts(payloads, labels, rows, source);
      case TENSORS -> throw new IllegalArgumentException("it holds tensors");
    };
  }

  private static ImageShape shape(String text) {
    int[] sides = Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
    if (sides.length != 3) {
      throw new IllegalArgumentException("its images have no shape");
    }
    return new ImageShape(sides[0], sides[1], sides[2]);
  }

  private static int[] integers(SafetensorsReader file, TensorInfo tensor) {
    return Arrays.stream(file.readLongs(tensor)).mapToInt(Math::toIntExact).toArray();
  }

  private static long[] widen(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }
}
