package org.fip.spark.recipe;

import java.util.List;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Attack.Norm;

/**
 * Projected gradient ascent in the images. Sizes are in units of pixels after rescaling and before
 * normalisation, of which an image has 0 to 1; perturbed images stay in that range.
 *
 * @param norm of a perturbation, {@code linf} or {@code l2}
 * @param epsilon largest perturbation
 * @param steps steps of a run
 * @param stepSize length of a step, or null for 2.5 epsilon / steps
 * @param restarts runs from random places, of which the best counts
 */
public record AttackSettings(Norm norm, double epsilon, int steps, Double stepSize, int restarts) {

  static AttackSettings read(Section section) {
    return new AttackSettings(
        section.choice("norm", List.of(Norm.values())),
        section.number("epsilon", Range.POSITIVE),
        section.smallInteger("steps", 1, 100_000),
        section.optionalNumber("stepSize", Range.POSITIVE),
        section.smallInteger("restarts", 1, 10_000));
  }

  /** The attack. */
  public Attack attack() {
    double length = stepSize == null ? 2.5 * epsilon / steps : stepSize;
    return new Attack(norm, epsilon, steps, length, restarts);
  }
}
