package org.fip.spark.live.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file in memory: TFRecords of {@code tensorflow.Event} messages, the first of which names
 * the version.
 *
 * <p>A record is its length as eight bytes, the masked CRC32C of these, the message, and the masked
 * CRC32C of that, all little-endian ({@code tensorflow/core/lib/io/record_writer.h}). Of the
 * messages ({@code event.proto}, {@code summary.proto}) these fields are written: {@code Event} 1
 * wall_time, 2 step, 3 file_version, 5 summary; {@code Summary} 1 value; {@code Value} 1 tag, 2
 * simple_value.
 */
final class EventRecords {
  private static final String VERSION = "brain.Event:2";
  private static final int MASK_DELTA = 0xa282ead8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A file of this time, in seconds since 1970. */
  EventRecords(double wallTime) {
    add(
        message(
            event -> {
              event.writeDouble(1, wallTime);
              event.writeString(3, VERSION);
            }));
  }

  /** Adds the values of a step; those that are not finite are left out. */
  void add(double wallTime, long step, Map<String, Double> scalars) {
    byte[] summary =
        message(
            out -> {
              for (Map.Entry<String, Double> scalar : scalars.entrySet()) {
                if (Double.isFinite(scalar.getValue())) {
                  out.writeByteArray(1, value(scalar.getKey(), scalar.getValue()));
                }
              }
            });
    add(
        message(
            event -> {
              event.writeDouble(1, wallTime);
              event.writeInt64(2, step);
              event.writeByteArray(5, summary);
            }));
  }

  private static byte[] value(String tag, double value) {
    return message(
        out -> {
          out.writeString(1, tag);
          out.writeFloat(2, (float) value);
        });
  }

  private void add(byte[] message) {
    byte[] length = littleEndian(Long.BYTES).putLong(message.length).array();
    bytes.writeBytes(length);
    bytes.writeBytes(littleEndian(Integer.BYTES).putInt(maskedCrc(length)).array());
    bytes.writeBytes(message);
    bytes.writeBytes(littleEndian(Integer.BYTES).putInt(maskedCrc(message)).array());
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Writes the fields of a message. */
  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return bytes.toByteArray();
  }
}
