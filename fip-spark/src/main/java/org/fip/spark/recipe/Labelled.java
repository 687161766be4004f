package org.fip.spark.recipe;

import com.fasterxml.jackson.annotation.JsonValue;

/** A constant of a recipe with the name that is written in YAML. */
public interface Labelled {

  /** The name in recipes, lower case with hyphens. */
  @JsonValue
  String label();
}
