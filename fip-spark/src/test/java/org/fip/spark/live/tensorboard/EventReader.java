package org.fip.spark.live.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/**
 * Reads event files by their definition, with a bitwise CRC of its own and a reader of protocol
 * buffers' wire format that shares nothing with what writes them.
 */
final class EventReader {
  /** A value of a step; the first event of a file has the tag {@code file_version}. */
  record Value(double wallTime, long step, String tag, float value, String text) {}

  private EventReader() {}

  static List<Value> read(byte[] file) {
    List<Value> values = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      byte[] header = new byte[8];
      in.get(header);
      Assertions.assertEquals(masked(header), in.getInt(), "checksum of a length");
      byte[] event =
          new byte[(int) ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(event);
      Assertions.assertEquals(masked(event), in.getInt(), "checksum of an event");
      event(event, values);
    }
    return values;
  }

  private static int masked(byte[] data) {
    int crc = ~0;
    for (byte b : data) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
    }
    crc = ~crc;
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  /** {@code Event}: 1 double wall_time, 2 int64 step, 3 string file_version, 5 Summary summary. */
  private static void event(byte[] bytes, List<Value> values) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    double time = Double.NaN;
    long step = 0;
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      switch (key) {
        case 1 << 3 | 1 -> time = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> values.add(new Value(time, 0, "file_version", 0, string(in)));
        case 5 << 3 | 2 -> summary(bytes(in), time, step, values);
        default -> Assertions.fail("field " + (key >> 3) + " of an event");
      }
    }
  }

  /** {@code Summary}: 1 repeated Value; {@code Value}: 1 string tag, 2 float simple_value. */
  private static void summary(byte[] bytes, double time, long step, List<Value> values) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      Assertions.assertEquals(1 << 3 | 2, varint(in));
      ByteBuffer value = ByteBuffer.wrap(bytes(in)).order(ByteOrder.LITTLE_ENDIAN);
      Assertions.assertEquals(1 << 3 | 2, varint(value));
      String tag = string(value);
      Assertions.assertEquals(2 << 3 | 5, varint(value));
      values.add(new Value(time, step, tag, value.getFloat(), ""));
      Assertions.assertFalse(value.hasRemaining());
    }
  }

  private static String string(ByteBuffer in) {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[(int) varint(in)];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
