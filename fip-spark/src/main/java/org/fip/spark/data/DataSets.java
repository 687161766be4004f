package org.fip.spark.data;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;

/** Reads the rows that a {@link DataSelector} asks for, in their stored form. */
public final class DataSets {

  private DataSets() {}

  /**
   * Reads a selection, rows in the order of the files.
   *
   * @param configuration how to reach the file systems
   * @throws FipException NOT_FOUND for a missing path; DATA for a folder or file that is no data
   *     set, for damaged data, and when no row is left; CONFIGURATION for an unknown file system;
   *     STORAGE when reading fails
   */
  public static EncodedExamples read(DataSelector selector, Configuration configuration) {
    try {
      return select(selector, source(selector, configuration));
    } catch (FileNotFoundException e) {
      throw new FipException(
          Category.NOT_FOUND,
          selector.path() + " went away while it was read (" + firstLine(e) + "); start again",
          e);
    } catch (UnsupportedFileSystemException e) {
      throw new FipException(
          Category.CONFIGURATION,
          selector.path() + ": " + firstLine(e) + "; add its file system to the class path",
          e);
    } catch (EOFException e) {
      throw new FipException(
          Category.DATA, selector.path() + " ends early; fetch its files again", e);
    } catch (IOException e) {
      throw FipException.storage(
          e, "%s cannot be read (%s); check the file system", selector.path(), firstLine(e));
    }
  }

  /** The first line of an exception's message, for messages of one line. */
  static String firstLine(Exception e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return message.lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static RecordSource source(DataSelector selector, Configuration configuration)
      throws IOException {
    if (selector.path().startsWith(BuiltinDigits.SCHEME)) {
      return new BuiltinDigits(selector.path(), selector.split());
    }
    return DataLayout.find(selector.path(), selector.split(), configuration);
  }

  private static EncodedExamples select(DataSelector selector, RecordSource source)
      throws IOException {
    int[] labels = source.labels();
    int[] rows = chosen(selector, source.count(), labels);
    if (rows.length == 0) {
      throw FipException.data(
          "%s keeps none of %d rows with classes %s; choose other labels or other data",
          selector, source.count(), classes(labels));
    }
    int[] shifted = new int[labels.length == 0 ? 0 : rows.length];
    for (int i = 0; i < shifted.length; i++) {
      long label = (long) labels[rows[i]] + selector.labelOffset();
      if (label < 0 || label > Integer.MAX_VALUE) {
        throw FipException.data(
            "%s: labelOffset %d makes label %d of row %d to %d; labels start at 0",
            selector.path(), selector.labelOffset(), labels[rows[i]], rows[i], label);
      }
      shifted[i] = (int) label;
    }
    return source.read(rows, shifted);
  }

  private static int[] chosen(DataSelector selector, int count, int[] labels) {
    if (labels.length == 0 && count > 0) {
      if (selector.labels() != null) {
        throw FipException.data(
            "%s: the data have no labels to choose by; leave labels out", selector);
      }
      return selector.limit() == null
          ? IntStream.range(0, count).toArray()
          : Rows.sample(count, selector.limit(), selector.seed());
    }
    int[] kept =
        selector.labels() == null
            ? IntStream.range(0, count).toArray()
            : Rows.ofClasses(labels, selector.labels());
    return selector.limit() == null
        ? kept
        : Rows.balanced(labels, kept, selector.limit(), selector.seed());
  }

  private static String classes(int[] labels) {
    return labels.length == 0
        ? "none"
        : Arrays.stream(labels).min().getAsInt() + " to " + Arrays.stream(labels).max().getAsInt();
  }
}
