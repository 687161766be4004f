package org.fip.spark.recipe;

import org.fip.spark.data.DataSelector;

/**
 * A task to learn.
 *
 * @param name what it is called in results; unique in a recipe
 * @param train its labelled training examples
 * @param anchorWeight weight mu of the drift while {@code adapt} learns it, whatever the number of
 *     kept tasks; null for {@code path.anchorWeight}, which is for each
 */
public record Task(String name, DataSelector train, Double anchorWeight) {
  static Task read(Section section) {
    return new Task(
        section.name("name"),
        Selectors.read(section.section("train", DataSelector.class)),
        section.optionalNumber("anchorWeight", Range.NOT_NEGATIVE));
  }
}
