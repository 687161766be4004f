package org.fip.spark.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.fip.core.FipException;

/**
 * Which rows of which data set are meant, as a recipe says it. In this order: rows whose class is
 * in {@code labels} are kept, of these a class-balanced sample of {@code limit} is drawn, and
 * {@code labelOffset} is added to their labels.
 *
 * @param path a folder or file on any Hadoop file system, or {@code builtin:digits}
 * @param split {@code train}, also when null, or {@code test}; a path to one Parquet file is that
 *     file whatever the split
 * @param labels the classes to keep, by the numbers that they have in the data; null for all
 * @param labelOffset what is added to every label
 * @param limit how many rows at most; null for all
 * @param seed decides the sample
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataSelector(
    String path, String split, List<Integer> labels, int labelOffset, Integer limit, long seed)
    implements Serializable {

  /** The split to learn from. */
  public static final String TRAIN = "train";

  /** The split to measure on. */
  public static final String TEST = "test";

  /**
   * Checks the values and fills in the default split.
   *
   * @throws FipException DATA naming the key
   */
  public DataSelector {
    if (path == null || path.isBlank()) {
      throw FipException.data("path is missing or empty; name a folder or file of data");
    }
    split = split == null ? TRAIN : split;
    if (!split.equals(TRAIN) && !split.equals(TEST)) {
      throw FipException.data("split of %s is '%s'; use train or test", path, split);
    }
    if (labels != null) {
      checkClasses(path, labels);
      labels = List.copyOf(labels);
    }
    if (limit != null && limit < 1) {
      throw FipException.data("limit of %s is %d; use 1 or more, or leave it out", path, limit);
    }
  }

  /** All rows of a split. */
  public static DataSelector of(String path, String split) {
    return new DataSelector(path, split, null, 0, null, 0);
  }

  /** The same without a limit. */
  public DataSelector unlimited() {
    return new DataSelector(path, split, labels, labelOffset, null, seed);
  }

  /** The same with only these classes. */
  public DataSelector withLabels(List<Integer> newLabels) {
    return new DataSelector(path, split, newLabels, labelOffset, limit, seed);
  }

  /** The same with labels shifted by that much. */
  public DataSelector withLabelOffset(int newOffset) {
    return new DataSelector(path, split, labels, newOffset, limit, seed);
  }

  /** The same with at most that many rows, drawn by that seed. */
  public DataSelector withLimit(Integer newLimit, long newSeed) {
    return new DataSelector(path, split, labels, labelOffset, newLimit, newSeed);
  }

  /** The selector as a recipe has it, without what is left at its default. */
  @Override
  public String toString() {
    return "{path: "
        + path
        + ", split: "
        + split
        + (labels == null ? "" : ", labels: " + labels)
        + (labelOffset == 0 ? "" : ", labelOffset: " + labelOffset)
        + (limit == null ? "" : ", limit: " + limit)
        + (seed == 0 ? "" : ", seed: " + seed)
        + "}";
  }

  private static void checkClasses(String path, List<Integer> labels) {
    if (labels.isEmpty()) {
      throw FipException.data("labels of %s is empty; name classes, or leave it out", path);
    }
    if (labels.stream().anyMatch(label -> Objects.requireNonNullElse(label, -1) < 0)) {
      throw FipException.data("labels of %s is %s; classes are numbers from 0", path, labels);
    }
    if (new TreeSet<>(labels).size() < labels.size()) {
      throw FipException.data("labels of %s is %s; name each class once", path, labels);
    }
  }
}
