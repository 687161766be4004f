package org.fip.spark.recipe;

import java.util.List;
import org.fip.spark.data.DataSelector;

/** Reads data selectors, with the defaults that {@link DataSelector} documents. */
final class Selectors {
  private static final List<String> SPLITS = List.of(DataSelector.TRAIN, DataSelector.TEST);
  private static final int LARGEST_LABEL = 1_000_000;

  private Selectors() {}

  static DataSelector read(Section section) {
    return new DataSelector(
        section.text("path", "the path of a data folder or file, for example data/mnist"),
        section.wordOrFirst("split", SPLITS),
        section.optionalIntegers("labels", 0, LARGEST_LABEL),
        (int) section.integerOr("labelOffset", 0, LARGEST_LABEL, 0),
        section.optionalInteger("limit", 1, Integer.MAX_VALUE),
        section.integerOr("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0));
  }
}
