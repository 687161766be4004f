package org.fip.spark.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;

/**
 * A set of Parquet files in the Hub's shape, one after the other: {@code image: struct<bytes, ...>}
 * or {@code text: string}, and {@code label: int32 or int64} or none. Other columns are not read.
 */
final class ParquetSource implements RecordSource {

  private final List<ParquetTable> tables = new ArrayList<>();
  private final String name;
  private final int count;
  private int[] labels;

  ParquetSource(List<Path> files, Configuration configuration, String name) throws IOException {
    this.name = name;
    long rows = 0;
    for (Path file : files) {
      ParquetTable table = ParquetTable.open(file, configuration);
      if (!tables.isEmpty()) {
        checkSameForm(tables.get(0), table);
      }
      tables.add(table);
      rows += table.rows();
    }
    if (rows > Integer.MAX_VALUE - 8) {
      throw FipException.data("%s has %d rows; at most 2^31 - 9 are read, so split it", name, rows);
    }
    count = (int) rows;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int[] labels() throws IOException {
    if (labels == null) {
      labels = new int[tables.get(0).hasLabels() ? count : 0];
      int offset = 0;
      for (ParquetTable table : tables) {
        if (table.hasLabels()) {
          table.readLabels(labels, offset);
        }
        offset += (int) table.rows();
      }
    }
    return labels;
  }

  @Override
  public EncodedExamples read(int[] rows, int[] newLabels) throws IOException {
    byte[][] payloads = new byte[rows.length][];
    int done = 0;
    int first = 0;
    for (ParquetTable table : tables) {
      int offset = first;
      int end = first + (int) table.rows();
      int[] own =
          Arrays.stream(rows, done, rows.length)
              .takeWhile(row -> row < end)
              .map(row -> row - offset)
              .toArray();
      table.readPayloads(own, payloads, done);
      done += own.length;
      first = end;
    }
    return tables.get(0).isText()
        ? EncodedExamples.texts(payloads, newLabels, rows, name)
        : EncodedExamples.imageFiles(payloads, newLabels, rows, name);
  }

  private static void checkSameForm(ParquetTable first, ParquetTable other) {
    if (first.isText() != other.isText() || first.hasLabels() != other.hasLabels()) {
      throw FipException.data(
          "%s holds %s and %s holds %s; give files of one form",
          first.location(), first.form(), other.location(), other.form());
    }
  }
}
