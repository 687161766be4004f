package org.fip.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.fip.core.storage.RandomAccessReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class HeaderTest {

  static Stream<Arguments> malformedHeaders() {
    return Stream.of(
        arguments("", 0, "does not start with '{'"),
        arguments("[]", 0, "does not start with '{'"),
        arguments(" {}", 0, "does not start with '{'"),
        arguments("{\"a\":", 0, "not valid JSON"),
        arguments("{} {}", 0, "not valid JSON"),
        arguments("{\n\"a\" 1}", 0, "not valid JSON"),
        arguments("{" + one("a", 0, 4) + "," + one("a", 4, 8) + "}", 8, "Duplicate field 'a'"),
        arguments("{\"a\":1}", 0, "tensor 'a' needs a dtype"),
        arguments(tensor("{\"shape\":[1],\"data_offsets\":[0,4]}"), 4, "needs a dtype"),
        arguments(tensor("{\"dtype\":\"F32\",\"data_offsets\":[0,4]}"), 4, "needs a dtype"),
        arguments(tensor("{\"dtype\":\"F32\",\"shape\":[1]}"), 4, "needs a dtype"),
        arguments(sized("[1]", "[0]"), 4, "needs a dtype, a shape and two data_offsets"),
        arguments(sized("[1]", "[0,4,8]"), 4, "needs a dtype, a shape and two data_offsets"),
        arguments(sized("[-1]", "[0,4]"), 4, "tensor 'a' has -1 in its shape"),
        arguments(sized("[1.5]", "[0,4]"), 4, "tensor 'a' has 1.5 in its shape"),
        arguments(sized("[\"1\"]", "[0,4]"), 4, "tensor 'a' has \"1\" in its shape"),
        arguments(sized("[1]", "[-4,0]"), 4, "tensor 'a' has -4 in its data_offsets"),
        arguments(sized("[1]", "[0,9223372036854775808]"), 4, "in its data_offsets"),
        arguments(sized("[1]", "[4,0]"), 4, "ends at byte 0 before it begins at 4"),
        arguments(sized("[2]", "[0,4]"), 4, "needs 8 bytes, the header gives it 4"),
        arguments(sized("[4294967296,4294967296]", "[0,4]"), 4, "more than 2^63-1 bytes"),
        arguments(sized("[2305843009213693952]", "[0,4]"), 4, "more than 2^63-1 bytes"),
        arguments(sized("[1]", "[4,8]"), 8, "begins at data byte 4, the tensor before ends at 0"),
        arguments(
            "{" + one("a", 0, 4) + "," + one("b", 2, 6) + "}",
            6,
            "tensor 'b' begins at data byte 2, the tensor before ends at 4 (overlap)"),
        arguments(
            "{" + one("b", 6, 10) + "," + one("a", 0, 4) + "}",
            10,
            "tensor 'b' begins at data byte 6, the tensor before ends at 4 (gap)"),
        arguments(sized("[1]", "[0,4]"), 3, "the file has 3 data bytes; it is truncated"),
        arguments(sized("[1]", "[0,4]"), 9, "5 bytes follow the last tensor"),
        arguments("{}", 1, "1 bytes follow the last tensor"),
        arguments("{\"__metadata__\":[]}", 0, "__metadata__ in the header is not an object"),
        arguments("{\"__metadata__\":{\"k\":1}}", 0, "__metadata__ entry 'k'"));
  }

  @ParameterizedTest
  @MethodSource("malformedHeaders")
  void malformedHeaderIsRefusedInOneLine(String header, int dataBytes, String reason) {
    assertRefused(new SyntheticFile(header, dataBytes), reason);
  }

  @Test
  void headerThatIsNotUtf8IsRefused() {
    byte[] header = "{\"a?\":1}".getBytes(StandardCharsets.UTF_8);
    header[3] = (byte) 0xff;
    assertRefused(new SyntheticFile(header, 0), "not UTF-8");
  }

  @Test
  void deeplyNestedHeaderIsRefused() {
    assertRefused(new SyntheticFile("{\"a\":" + "[".repeat(100_000), 0), "not valid JSON");
  }

  @Test
  void headerLengthThatCannotBeIsRefused() {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
    assertRefused(new SyntheticFile(-1, header, 0), "18446744073709551615 bytes is over the limit");
    assertRefused(new SyntheticFile(100_000_001, header, 0), "over the limit of 100000000");
    assertRefused(new SyntheticFile(3, header, 0), "a header of 3 bytes does not fit in a file of");
  }

  @Test
  void fileTooShortForALengthIsRefused() {
    assertRefused(new ShortFile(), "7 bytes are too few");
  }

  @Test
  void failureOfTheFileSystemIsAStorageFailureAndClosesTheFile() {
    BrokenFile file = new BrokenFile();
    FipException failure =
        assertThrows(FipException.class, () -> SafetensorsReader.open(file, "x.safetensors"));
    assertEquals(FipException.Category.STORAGE, failure.category());
    assertTrue(failure.getMessage().contains("x.safetensors"), failure.getMessage());
    assertTrue(failure.getMessage().contains("disk on fire"), failure.getMessage());
    assertTrue(file.closed);
  }

  @Test
  void fileThatShrinksAfterItWasOpenedIsTruncated() {
    try (SafetensorsReader reader =
        SafetensorsReader.open(new ShrinkingFile(sized("[1]", "[0,4]")), "x.safetensors")) {
      FipException failure =
          assertThrows(FipException.class, () -> reader.readDoubles(reader.get("a")));
      assertEquals(FipException.Category.DATA, failure.category());
      assertTrue(failure.getMessage().contains("tensor 'a'"), failure.getMessage());
      assertTrue(failure.getMessage().contains("truncated"), failure.getMessage());
    }
  }

  private static void assertRefused(RandomAccessReader file, String reason) {
    FipException failure =
        assertThrows(FipException.class, () -> SafetensorsReader.open(file, "dir/x.safetensors"));
    String message = failure.getMessage();
    assertEquals(FipException.Category.DATA, failure.category());
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.startsWith("dir/x.safetensors: "), message);
    assertTrue(message.contains(reason), message);
  }

  private static String tensor(String body) {
    return "{\"a\":" + body + "}";
  }

  private static String sized(String shape, String offsets) {
    return tensor("{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}");
  }

  private static String one(String name, int begin, int end) {
    return String.format(
        "\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}", name, begin, end);
  }

  private static final class ShortFile implements RandomAccessReader {
    @Override
    public long size() {
      return 7;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
      throw new AssertionError("nothing to read");
    }

    @Override
    public void close() {}
  }

  private static final class BrokenFile implements RandomAccessReader {
    private boolean closed;

    @Override
    public long size() {
      return 100;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) throws IOException {
      throw new IOException("disk on fire");
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class ShrinkingFile implements RandomAccessReader {
    private final SyntheticFile whole;
    private final SyntheticFile cut;
    private int reads;

    ShrinkingFile(String header) {
      whole = new SyntheticFile(header, 4);
      cut = new SyntheticFile(header, 2);
    }

    @Override
    public long size() {
      return whole.size();
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) throws IOException {
      (reads++ < 2 ? whole : cut).readFully(position, target, offset, length);
    }

    @Override
    public void close() {}
  }
}
