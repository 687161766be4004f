package org.fip.spark.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/** Texts of a CSV file or of JSON lines. It is read twice: for its labels, and for its texts. */
final class TableFile implements ImportedRows {
  private final SourceFile file;
  private final ImportOptions options;
  private final LabelColumn column;
  private final int[] codes;

  /** Reads the labels and adds them to the column. */
  TableFile(SourceFile file, ImportOptions options, LabelColumn column) {
    this.file = file;
    this.options = options;
    this.column = column;
    IntStream.Builder taken = IntStream.builder();
    try (TableReader reader = reader(column)) {
      for (TableRecord record = reader.next(); record != null; record = reader.next()) {
        taken.add(record.labelCode());
      }
    } catch (IOException e) {
      throw failure(e);
    }
    codes = taken.build().toArray();
  }

  static boolean isTable(String name) {
    return isCsv(name) || name.matches(".*\\.jsonl(\\.gz)?");
  }

  private static boolean isCsv(String name) {
    return name.matches(".*\\.csv(\\.gz)?");
  }

  @Override
  public boolean isText() {
    return true;
  }

  @Override
  public int[] labels() {
    return column.labels(codes);
  }

  @Override
  public Cursor open() {
    TableReader reader;
    try {
      reader = reader(new LabelColumn());
    } catch (IOException e) {
      throw failure(e);
    }
    return new Cursor() {
      @Override
      public ImportedRow next() {
        try {
          TableRecord record = reader.next();
          if (record == null) {
            throw new FipException(
                Category.TEMPORARY, file + " became shorter while it was read; start again");
          }
          return new ImportedRow(record.text().getBytes(StandardCharsets.UTF_8), null);
        } catch (IOException e) {
          throw failure(e);
        }
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  private TableReader reader(LabelColumn labels) throws IOException {
    return isCsv(file.path().getName())
        ? CsvTable.open(file, options, labels)
        : new JsonLines(file, options, labels);
  }

  private FipException failure(IOException e) {
    if (e instanceof JsonProcessingException wrong) {
      String line =
          wrong.getLocation() == null ? "" : "line " + wrong.getLocation().getLineNr() + " of ";
      return new FipException(
          Category.DATA,
          line
              + file
              + " cannot be read ("
              + String.valueOf(wrong.getOriginalMessage()).lines().findFirst().orElse("")
              + "); correct it",
          e);
    }
    if (e instanceof CharConversionException) {
      return new FipException(
          Category.DATA,
          file + " is not in UTF-8 (" + SourceFile.firstLine(e) + "); convert it",
          e);
    }
    return file.failure(e);
  }
}
