package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;

/**
 * How {@code anchorWeight: auto} chooses, before each task that comes while something is kept.
 *
 * @param weights what it chooses from, each tried on a probe walk
 * @param steps of a probe walk; fewer than the task's own walk has are cheaper, and lean to small
 *     weights, because learning shows early and forgetting late; null for as many
 * @param heldOut share of the anchors that probes are judged on and no step sees for as long as
 *     they are kept; so much of the task's training examples, at most 1000, is held out as well
 */
public record AutoSettings(List<Double> weights, Integer steps, double heldOut)
    implements Serializable {
  private static final int MOST_STEPS = 100_000_000;

  /** Makes the weights unmodifiable. */
  public AutoSettings {
    weights = List.copyOf(weights);
  }

  static AutoSettings read(Section section) {
    List<Double> weights = section.numbers("weights", Range.NOT_NEGATIVE);
    if (weights.isEmpty()) {
      throw section.refuse("weights", "a list of at least one number");
    }
    return new AutoSettings(
        weights,
        section.optionalInteger("steps", 1, MOST_STEPS),
        section.number("heldOut", new Range(0, false, 0.5, true)));
  }

  /** Steps of a probe of a walk of so many steps, a multiple of a stride. */
  public long probeSteps(int walk, int stride) {
    int wanted = steps == null ? walk : steps;
    return Math.max(1, wanted / stride) * (long) stride;
  }
}
