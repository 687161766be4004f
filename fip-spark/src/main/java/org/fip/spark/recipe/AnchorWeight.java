package org.fip.spark.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;

/**
 * The weight of the drift for each task that is kept.
 *
 * @param given the weight, or null where it is chosen for each task
 */
public record AnchorWeight(Double given) implements Serializable {
  static final String AUTO = "auto";

  /** Whether it is chosen for each task. */
  public boolean auto() {
    return given == null;
  }

  /** The weight that is given. */
  public double value() {
    return given;
  }

  /** As it stands in a recipe. */
  @JsonValue
  public Object written() {
    return auto() ? AUTO : given;
  }

  static AnchorWeight read(Section section, String key) {
    return new AnchorWeight(section.numberOr(key, Range.NOT_NEGATIVE, AUTO));
  }
}
