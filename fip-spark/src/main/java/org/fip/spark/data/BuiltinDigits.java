package org.fip.spark.data;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;
import org.fip.core.data.Rows;

/**
 * The data set {@code builtin:digits}: the test part of the UCI optical digits, 1,797 handwritten
 * digits of 8x8 pixels with values from 0 to 16. A network for them rescales by 1/16.
 *
 * <p>The set has no split of its own, so this one is made: the rows of each class, in file order,
 * are permuted by {@link Rows#permutation} with the class as the seed, and the first fifth, rounded
 * down, is the test split. That gives 1,442 rows to train on and 355 to test on. Writers are not
 * kept apart. Rows in messages are those of the file.
 */
final class BuiltinDigits implements RecordSource {

  static final String SCHEME = "builtin:";

  private static final String NAME = SCHEME + "digits";
  private static final String RESOURCE = "optdigits.csv.gz";
  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
  private static final int CLASSES = 10;
  private static final int TEST_FRACTION = 5;

  private final String split;
  private final List<int[]> records;
  private final int[] fileRows;

  BuiltinDigits(String path, String split) throws IOException {
    if (!path.equals(NAME)) {
      throw FipException.notFound("%s does not exist; the built-in data set is %s", path, NAME);
    }
    this.split = split;
    records = readResource();
    BitSet test = testRows(records.stream().mapToInt(BuiltinDigits::label).toArray());
    if (split.equals(DataSelector.TRAIN)) {
      test.flip(0, records.size());
    }
    fileRows = test.stream().toArray();
  }

  @Override
  public int count() {
    return fileRows.length;
  }

  @Override
  public int[] labels() {
    return Arrays.stream(fileRows).map(row -> label(records.get(row))).toArray();
  }

  @Override
  public EncodedExamples read(int[] rows, int[] labels) {
    byte[][] payloads = new byte[rows.length][SHAPE.pixels()];
    int[] origins = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      origins[i] = fileRows[rows[i]];
      int[] record = records.get(origins[i]);
      for (int pixel = 0; pixel < SHAPE.pixels(); pixel++) {
        payloads[i][pixel] = (byte) record[pixel];
      }
    }
    return EncodedExamples.pixels(SHAPE, payloads, labels, origins, NAME + " (" + split + ")");
  }

  private static BitSet testRows(int[] labels) {
    BitSet test = new BitSet(labels.length);
    for (int label = 0; label < CLASSES; label++) {
      int[] members = Rows.ofClasses(labels, List.of(label));
      int[] order = Rows.permutation(members.length, label);
      for (int i = 0; i < members.length / TEST_FRACTION; i++) {
        test.set(members[order[i]]);
      }
    }
    return test;
  }

  private static int label(int[] record) {
    return record[SHAPE.pixels()];
  }

  private static List<int[]> readResource() throws IOException {
    try (InputStream packed = BuiltinDigits.class.getResourceAsStream(RESOURCE);
        InputStream in = new GZIPInputStream(packed);
        MappingIterator<int[]> rows =
            new CsvMapper()
                .readerFor(int[].class)
                .with(CsvParser.Feature.WRAP_AS_ARRAY)
                .readValues(in)) {
      return rows.readAll();
    }
  }
}
