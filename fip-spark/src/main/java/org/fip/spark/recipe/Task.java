package org.fip.spark.recipe;

import org.fip.spark.data.DataSelector;

/**
 * A task to learn.
 *
 * @param name what it is called in results; unique in a recipe
 * @param train its labelled training examples
 */
public record Task(String name, DataSelector train) {
  static Task read(Section section) {
    return new Task(
        section.name("name"), Selectors.read(section.section("train", DataSelector.class)));
  }
}
