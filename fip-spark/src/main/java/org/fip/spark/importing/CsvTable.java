package org.fip.spark.importing;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.fip.core.FipException;

/** Reads CSV with a header; quoted fields may go over several lines. */
final class CsvTable implements TableReader {
  private final SourceFile file;
  private final LabelColumn labels;
  private final MappingIterator<String[]> rows;
  private final int columns;
  private final int text;
  private final int label;

  private CsvTable(
      SourceFile file,
      LabelColumn labels,
      MappingIterator<String[]> rows,
      List<String> header,
      ImportOptions options) {
    this.file = file;
    this.labels = labels;
    this.rows = rows;
    columns = header.size();
    text = column(header, options.textColumn(), "--text-column");
    label = column(header, options.labelColumn(), "--label-column");
  }

  static CsvTable open(SourceFile file, ImportOptions options, LabelColumn labels)
      throws IOException {
    InputStream in = file.open();
    try {
      MappingIterator<String[]> rows =
          new CsvMapper()
              .readerFor(String[].class)
              .with(CsvParser.Feature.WRAP_AS_ARRAY)
              .with(CsvParser.Feature.SKIP_EMPTY_LINES)
              .with(CsvSchema.emptySchema().withColumnSeparator(options.delimiter()))
              .readValues(in);
      if (!rows.hasNextValue()) {
        throw FipException.data("%s is empty; give a header and rows", file);
      }
      return new CsvTable(file, labels, rows, Arrays.asList(rows.nextValue()), options);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public TableRecord next() throws IOException {
    if (!rows.hasNextValue()) {
      return null;
    }
    int line = rows.getParser().currentLocation().getLineNr();
    String[] fields = rows.nextValue();
    String where = "line " + line + " of " + file;
    if (fields.length != columns) {
      throw FipException.data(
          "%s has %d fields and the header %d; correct it, or give the --delimiter",
          where, fields.length, columns);
    }
    return new TableRecord(fields[text], labels.addText(fields[label].strip(), where));
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private int column(List<String> header, String name, String option) {
    int index = header.indexOf(name);
    if (index < 0) {
      throw FipException.data(
          "line 1 of %s has no column %s; it has %s; give %s",
          file, name, String.join(", ", header), option);
    }
    if (header.lastIndexOf(name) != index) {
      throw FipException.data(
          "line 1 of %s has the column %s twice; rename one, or give %s", file, name, option);
    }
    return index;
  }
}
