package org.fip.spark.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;

/**
 * Rank of the changes that a path makes.
 *
 * @param given the rank, 0 where all weights move, or null where it is chosen by the network
 */
public record Rank(Integer given) implements Serializable {
  static final String AUTO = "auto";

  /** What moves all weights. */
  static final Rank ALL = new Rank(0);

  private static final int OF_TEXTS = 32;
  private static final int MOST = 100_000;

  /** Whether it is chosen by the network: low for those that read texts. */
  public boolean auto() {
    return given == null;
  }

  /** Whether a rank is given. */
  boolean low() {
    return !auto() && given > 0;
  }

  /** The rank for a network that reads texts or does not, 0 where all weights move. */
  int of(boolean texts) {
    if (auto()) {
      return texts ? OF_TEXTS : 0;
    }
    return given;
  }

  /** As it stands in a recipe. */
  @JsonValue
  public Object written() {
    return auto() ? AUTO : given;
  }

  static Rank read(Section section, String key) {
    return new Rank(section.integerOr(key, 0, MOST, AUTO));
  }
}
