package org.fip.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SafetensorsTest {
  /** More elements than one block holds, so that block borders are crossed. */
  private static final int MANY = 300_001;

  private static final long SEED = 7;

  @TempDir Path temporary;

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F64", "F32", "F16", "BF16"})
  void floatsSurviveUpToTheRoundingOfTheirType(ElementType type) throws IOException {
    Random random = new Random(SEED);
    float[] values = new float[MANY + 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    values[3] = Float.NaN;
    values[4] = Float.POSITIVE_INFINITY;
    values[5] = -0f;
    try (SafetensorsReader reader =
        written(writer().add("w", type, new long[] {MANY}, values, 3))) {
      TensorInfo tensor = reader.get("w");
      assertEquals(type, tensor.type());
      assertEquals(List.of((long) MANY), tensor.shape());
      float[] target = new float[MANY + 2];
      reader.readFloats(tensor, target, 1);
      double[] doubles = reader.readDoubles(tensor);
      for (int i = 0; i < MANY; i++) {
        float expected = rounded(type, values[i + 3]);
        assertEquals(expected, target[i + 1], "element " + i);
        assertEquals(expected, doubles[i], "element " + i);
      }
      assertEquals(0f, target[0]);
      assertEquals(0f, target[MANY + 1]);
      float[] part = new float[MANY / 2];
      reader.readFloats(tensor, MANY / 3, part.length, part);
      assertArrayEquals(Arrays.copyOfRange(target, 1 + MANY / 3, 1 + MANY / 3 + part.length), part);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"I64", "I32", "I16", "I8", "U8", "BOOL"})
  void integersSurviveExactly(ElementType type) throws IOException {
    Random random = new Random(SEED);
    long[] values = new long[MANY];
    for (int i = 0; i < MANY; i++) {
      long bits = random.nextLong() >> (64 - 8 * type.size());
      values[i] =
          switch (type) {
            case U8 -> bits & 0xff;
            case BOOL -> bits & 1;
            default -> bits;
          };
    }
    try (SafetensorsReader reader = written(writer().add("n", type, new long[] {MANY}, values))) {
      assertArrayEquals(values, reader.readLongs(reader.get("n")));
    }
  }

  @Test
  void doublesAndBytesSurviveExactly() throws IOException {
    double[] values = new Random(SEED).doubles(MANY).toArray();
    values[0] = Double.MIN_VALUE;
    byte[] bytes = {1, 2, 3, 4};
    SafetensorsWriter writer =
        writer()
            .add("d", ElementType.F64, new long[] {MANY}, values)
            .add("f", ElementType.F32, new long[] {1, 1}, new double[] {0.1})
            .add("b", ElementType.BF16, new long[] {2}, bytes);
    try (SafetensorsReader reader = written(writer)) {
      assertArrayEquals(values, reader.readDoubles(reader.get("d")));
      assertArrayEquals(bytes, reader.readBytes(reader.get("b")));
      assertEquals(0.1f, reader.readDoubles(reader.get("f"))[0]);
    }
  }

  @Test
  void scalarsAndEmptyTensorsHaveTheirShape() throws IOException {
    SafetensorsWriter writer =
        writer()
            .add("scalar", ElementType.F32, new long[0], new float[] {2.5f}, 0)
            .add("empty", ElementType.F32, new long[] {3, 0}, new float[0], 0)
            .add("last", ElementType.I64, new long[] {1}, new long[] {-1});
    try (SafetensorsReader reader = written(writer)) {
      assertEquals(List.of(), reader.get("scalar").shape());
      assertEquals(2.5, reader.readDoubles(reader.get("scalar"))[0]);
      assertEquals(List.of(3L, 0L), reader.get("empty").shape());
      assertEquals(0, reader.readDoubles(reader.get("empty")).length);
      assertEquals(-1, reader.readLongs(reader.get("last"))[0]);
    }
  }

  @Test
  void fileWithoutTensorsIsWhole() throws IOException {
    try (SafetensorsReader reader = written(new SafetensorsWriter(Map.of()))) {
      assertEquals(List.of(), reader.tensors());
      assertEquals(Map.of(), reader.metadata());
    }
  }

  @Test
  void orderOfAddingIsKeptUnlessTheLibrarysIsAskedFor() throws IOException {
    assertEquals(List.of("z", "a", "m"), names(mixed()));
    assertEquals(List.of("m", "a", "z"), names(mixed().inLibraryOrder()));
  }

  @Test
  void headerIsPaddedSoThatDataIsAlignedAndKeepsItsMetadata() throws IOException {
    for (String text : List.of("", "x", "xx", "é", "\"\\\n", "xxxxxxx")) {
      SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt", "k", text));
      byte[] bytes = bytes(writer.add("ü", ElementType.F64, new long[] {1}, new double[] {3}));
      long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertEquals(0, header % 8);
      assertEquals(8 + header + 8, bytes.length);
      try (SafetensorsReader reader = reader(bytes)) {
        assertEquals(Map.of("format", "pt", "k", text), reader.metadata());
        assertEquals(3, reader.readDoubles(reader.get("ü"))[0]);
      }
    }
  }

  @Test
  void tensorOfAnUnknownTypeIsCarriedThroughButNotRead() throws IOException {
    String header =
        "{\"q\":{\"dtype\":\"F8_E4M3\",\"shape\":[3],\"data_offsets\":[0,3]},"
            + "\"n\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[3,4]}}";
    try (SafetensorsReader source = SafetensorsReader.open(new SyntheticFile(header, 4), "a");
        SafetensorsReader copy =
            written(writer().copy(source.get("n"), source).copy(source.get("q"), source))) {
      assertEquals("F8_E4M3", copy.get("q").dtype());
      assertArrayEquals(new byte[] {0, 1, 2}, copy.readBytes(copy.get("q")));
      assertArrayEquals(new byte[] {3}, copy.readBytes(copy.get("n")));
      FipException failure =
          assertThrows(FipException.class, () -> copy.readDoubles(copy.get("q")));
      assertMentions(failure, "'q'", "F8_E4M3", "test.safetensors");
      assertMentions(assertThrows(FipException.class, copy.get("q")::type), "'q'", "F8_E4M3");
    }
  }

  @Test
  void offsetsBeyondTwoGigabytesAreExact() throws IOException {
    long elements = 1_200_000_000L;
    String header =
        String.format(
            "{\"big\":{\"dtype\":\"F32\",\"shape\":[40000,30000],\"data_offsets\":[0,%d]},"
                + "\"tail\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[%d,%d]}}",
            4 * elements, 4 * elements, 4 * elements + 5);
    SyntheticFile file = new SyntheticFile(header, 4 * elements + 5);
    try (SafetensorsReader reader = SafetensorsReader.open(file, "big.safetensors")) {
      byte[] expected = new byte[5];
      for (int i = 0; i < 5; i++) {
        expected[i] = SyntheticFile.at(4 * elements + i);
      }
      assertArrayEquals(expected, reader.readBytes(reader.get("tail")));
      assertEquals(elements, reader.get("big").elements());
      FipException failure =
          assertThrows(FipException.class, () -> reader.readBytes(reader.get("big")));
      assertMentions(failure, "big.safetensors", "'big'", "4800000000");
      LastBytes last = new LastBytes();
      reader.transfer(reader.get("big"), last);
      assertEquals(4 * elements, last.count);
      assertEquals(SyntheticFile.at(4 * elements - 1), last.last);
    }
    assertTrue(file.closed());
  }

  @Test
  void readingAsTheWrongKindNamesTensorAndType() throws IOException {
    SafetensorsWriter writer =
        writer()
            .add("f", ElementType.F32, new long[] {1}, new float[1], 0)
            .add("i", ElementType.I32, new long[] {1}, new long[1]);
    try (SafetensorsReader reader = written(writer)) {
      assertMentions(
          assertThrows(FipException.class, () -> reader.readLongs(reader.get("f"))), "'f'", "F32");
      assertMentions(
          assertThrows(FipException.class, () -> reader.readDoubles(reader.get("i"))),
          "'i'",
          "I32");
      assertMentions(assertThrows(FipException.class, () -> reader.get("x")), "'x'", "missing");
      assertEquals(Optional.empty(), reader.find("x"));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> reader.readFloats(reader.get("f"), new float[1], 1));
    }
  }

  @Test
  void writerRefusesWhatDoesNotFit() {
    SafetensorsWriter writer = writer().add("a", ElementType.U8, new long[] {1}, new long[1]);
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.add("a", ElementType.U8, new long[] {1}, new long[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.add("__metadata__", ElementType.U8, new long[] {1}, new long[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.add("b", ElementType.U8, new long[] {2}, new long[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.add("b", ElementType.F32, new long[] {1}, new long[1]));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> writer.add("b", ElementType.F32, new long[] {2}, new float[2], 1));
    for (ElementType type :
        List.of(
            ElementType.I32, ElementType.I16, ElementType.I8, ElementType.U8, ElementType.BOOL)) {
      FipException failure =
          assertThrows(
              FipException.class,
              () -> writer.add("c", type, new long[] {1}, new long[] {1L << 40}));
      assertMentions(failure, "'c'", type.name(), "1099511627776");
    }
  }

  /**
   * The library wrote the fixtures, so writing their tensors again in its order is a test of it.
   */
  @Test
  void fixturesWrittenAgainInLibraryOrderAreByteIdentical() throws IOException {
    Path fixtures = Path.of(System.getProperty("fip.shared", ""), "fixtures");
    if (!Files.isDirectory(fixtures)) {
      System.out.println("skipped: no shared fixtures at " + fixtures);
    }
    Assumptions.assumeTrue(Files.isDirectory(fixtures));
    int files = 0;
    List<Path> folders;
    try (Stream<Path> entries = Files.list(fixtures)) {
      folders = entries.filter(Files::isDirectory).sorted().toList();
    }
    for (Path folder : folders) {
      for (String name : List.of("model.safetensors", "reference.safetensors")) {
        assertRewritesIdentically(folder, name);
        files++;
      }
    }
    System.out.println("shared fixtures: " + files + " files read and written again");
    assertTrue(files > 0);
  }

  private void assertRewritesIdentically(Path folder, String name) throws IOException {
    LocalFolder copy = new LocalFolder(temporary);
    try (SafetensorsReader reader =
        SafetensorsReader.open(new LocalFolder(folder).openRandom(name), folder + "/" + name)) {
      SafetensorsWriter writer = new SafetensorsWriter(reader.metadata()).inLibraryOrder();
      for (TensorInfo tensor : reader.tensors().stream().sorted(SafetensorsTest::byName).toList()) {
        addDecoded(writer, tensor, reader);
      }
      try (OutputStream out = copy.create(name)) {
        writer.writeTo(out);
      }
    }
    assertEquals(-1, Files.mismatch(folder.resolve(name), temporary.resolve(name)), name);
  }

  private static void addDecoded(
      SafetensorsWriter writer, TensorInfo tensor, SafetensorsReader reader) {
    long[] shape = tensor.dimensions();
    switch (tensor.type()) {
      case F32 -> {
        float[] values = new float[(int) tensor.elements()];
        reader.readFloats(tensor, values, 0);
        writer.add(tensor.name(), ElementType.F32, shape, values, 0);
      }
      case F64 -> writer.add(tensor.name(), ElementType.F64, shape, reader.readDoubles(tensor));
      default -> writer.add(tensor.name(), tensor.type(), shape, reader.readLongs(tensor));
    }
  }

  private static int byName(TensorInfo left, TensorInfo right) {
    return left.name().compareTo(right.name());
  }

  private static float rounded(ElementType type, float value) {
    return switch (type) {
      case F16 -> HalfFloats.fromHalf(HalfFloats.toHalf(value));
      case BF16 -> HalfFloats.fromBrain(HalfFloats.toBrain(value));
      default -> value;
    };
  }

  private static SafetensorsWriter mixed() {
    return writer()
        .add("z", ElementType.U8, new long[] {1}, new long[1])
        .add("a", ElementType.F32, new long[] {1}, new float[1], 0)
        .add("m", ElementType.I64, new long[] {1}, new long[1]);
  }

  private List<String> names(SafetensorsWriter writer) throws IOException {
    try (SafetensorsReader reader = written(writer)) {
      return reader.tensors().stream().map(TensorInfo::name).toList();
    }
  }

  private static SafetensorsWriter writer() {
    return new SafetensorsWriter(Map.of("format", "pt"));
  }

  private SafetensorsReader written(SafetensorsWriter writer) throws IOException {
    return reader(bytes(writer));
  }

  private SafetensorsReader reader(byte[] bytes) throws IOException {
    Path file = temporary.resolve("test.safetensors");
    Files.write(file, bytes);
    return SafetensorsReader.open(
        new LocalFolder(temporary).openRandom("test.safetensors"), file.toString());
  }

  private static byte[] bytes(SafetensorsWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.writeTo(out);
    return out.toByteArray();
  }

  private static void assertMentions(FipException failure, String... parts) {
    assertEquals(FipException.Category.DATA, failure.category());
    assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    for (String part : parts) {
      assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
  }

  private static final class LastBytes extends OutputStream {
    private long count;
    private byte last;

    @Override
    public void write(int value) {
      count++;
      last = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
      last = bytes[offset + length - 1];
    }
  }
}
