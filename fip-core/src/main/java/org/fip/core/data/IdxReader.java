package org.fip.core.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.fip.core.FipException;

/**
 * Reads the idx format of MNIST: two zero bytes, a type, the number of dimensions, each dimension
 * as a big-endian integer, then the values. Only unsigned bytes (type 8) are read. Every file is
 * read to its end, so that a file that is too short or too long is noticed whatever was asked of
 * it. Streams are handed in unpacked and are closed by the caller.
 */
public final class IdxReader {

  private static final int UNSIGNED_BYTE = 0x08;
  private static final int LARGEST_RECORD = 1 << 28;

  private final DataInputStream in;
  private final String location;
  private final int[] dimensions;
  private int row;

  private IdxReader(DataInputStream in, String location, int[] dimensions) {
    this.in = in;
    this.location = location;
    this.dimensions = dimensions;
  }

  /**
   * Reads the header of a file of labels or of images.
   *
   * @param rank the number of dimensions it must have: 1 for labels, 3 for images
   * @param location the file, for messages
   */
  public static IdxReader open(InputStream stream, int rank, String location) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    int expected = UNSIGNED_BYTE << 8 | rank;
    try {
      int magic = in.readInt();
      if (magic != expected) {
        throw FipException.data(
            "%s starts with the number %d, an idx file of unsigned bytes with %d dimension(s) with"
                + " %d; give a file of that kind",
            location, Integer.toUnsignedLong(magic), rank, expected);
      }
      int[] dimensions = new int[rank];
      for (int i = 0; i < rank; i++) {
        dimensions[i] = in.readInt();
      }
      checkDimensions(dimensions, location);
      return new IdxReader(in, location, dimensions);
    } catch (EOFException e) {
      throw new FipException(
          FipException.Category.DATA,
          location + " ends within its idx header; fetch the file again",
          e);
    } catch (ZipException e) {
      throw damaged(location, e);
    }
  }

  /** How many records the file has: its first dimension. */
  public int count() {
    return dimensions[0];
  }

  /** All dimensions, the number of records first. */
  public int[] dimensions() {
    return dimensions.clone();
  }

  /** The values of a file with one dimension, as numbers from 0 to 255. */
  public int[] readLabels() throws IOException {
    try {
      byte[] values = in.readNBytes(count());
      if (values.length < count()) {
        throw truncated(values.length, null);
      }
      checkEnd(1);
      int[] labels = new int[values.length];
      Arrays.setAll(labels, i -> values[i] & 0xFF);
      return labels;
    } catch (ZipException e) {
      throw damaged(location, e);
    } catch (EOFException e) {
      throw new FipException(
          FipException.Category.DATA, location + " ends early; fetch the file again", e);
    }
  }

  /** The records of the given rows, which are ascending; the others are passed over. */
  public byte[][] readRecords(int[] rows) throws IOException {
    byte[][] records = new byte[rows.length][];
    byte[] passedOver = new byte[recordLength(dimensions)];
    int next = 0;
    while (row < count()) {
      boolean wanted = next < rows.length && rows[next] == row;
      byte[] target = wanted ? new byte[passedOver.length] : passedOver;
      readRecord(target);
      if (wanted) {
        records[next++] = target;
      }
    }
    if (count() == 0) {
      checkRecordsEnd();
    }
    if (next < rows.length) {
      throw new IndexOutOfBoundsException("row " + rows[next] + " of " + count() + ", ascending");
    }
    return records;
  }

  /** The next record; after the last one it is checked that the file ends. */
  public byte[] readRecord() throws IOException {
    if (row >= count()) {
      throw new IndexOutOfBoundsException("record " + row + " of " + count());
    }
    byte[] record = new byte[recordLength(dimensions)];
    readRecord(record);
    return record;
  }

  private void readRecord(byte[] target) throws IOException {
    try {
      in.readFully(target);
    } catch (EOFException e) {
      throw truncated(row, e);
    } catch (ZipException e) {
      throw damaged(location, e);
    }
    row++;
    if (row == count()) {
      checkRecordsEnd();
    }
  }

  private void checkRecordsEnd() throws IOException {
    try {
      checkEnd(recordLength(dimensions));
    } catch (EOFException e) {
      throw truncated(row, e);
    } catch (ZipException e) {
      throw damaged(location, e);
    }
  }

  /** Checks that a pair of files has as many images as labels. */
  public static void checkSameCount(
      String imagesLocation, int images, String labelsLocation, int labels) {
    if (images != labels) {
      throw FipException.data(
          "%s has %d images and %s has %d labels; give the two files of one set",
          imagesLocation, images, labelsLocation, labels);
    }
  }

  private void checkEnd(int recordLength) throws IOException {
    if (in.read() >= 0) {
      throw FipException.data(
          "%s goes on after its %d records of %d bytes; fetch the file again",
          location, count(), recordLength);
    }
  }

  private FipException truncated(int record, EOFException cause) {
    String message =
        String.format(
            "%s ends in record %d of the %d that its header names; fetch the file again",
            location, record, count());
    return new FipException(FipException.Category.DATA, message, cause);
  }

  private static void checkDimensions(int[] dimensions, String location) {
    double record = 1;
    for (int i = 0; i < dimensions.length; i++) {
      if (dimensions[i] < (i == 0 ? 0 : 1)) {
        throw FipException.data(
            "%s names the dimensions %s in its idx header; fetch the file again",
            location, Arrays.toString(dimensions));
      }
      record *= i == 0 ? 1 : dimensions[i];
    }
    if (record > LARGEST_RECORD) {
      throw FipException.data(
          "%s names records of %.0f bytes in its idx header, %s; at most %d are read",
          location, record, Arrays.toString(dimensions), LARGEST_RECORD);
    }
  }

  private static int recordLength(int[] dimensions) {
    int length = 1;
    for (int i = 1; i < dimensions.length; i++) {
      length *= dimensions[i];
    }
    return length;
  }

  private static FipException damaged(String location, ZipException cause) {
    return new FipException(
        FipException.Category.DATA,
        location + " is no sound gzip file (" + cause.getMessage() + "); fetch the file again",
        cause);
  }
}
