package org.fip.spark.recipe;

import org.fip.core.objective.Attack;

/**
 * The attacks that robustness is measured by, in the norm and size of those that a path is walked
 * with.
 *
 * @param steps steps of projected ascent on the cross-entropy
 * @param stepSize length of a step, or null for 2.5 epsilon / steps
 * @param restarts runs from random places
 * @param adaptiveSteps steps of as many runs on the margin whose step length adapts to each image;
 *     0 for none
 * @param queries of the square attack, which uses no gradients, for the norm {@code linf}; 0 for
 *     none
 * @param limit examples of each evaluation set, balanced over its classes, that are attacked, or
 *     null for all
 */
public record AttackTestSettings(
    int steps, Double stepSize, int restarts, int adaptiveSteps, int queries, Integer limit) {

  static AttackTestSettings read(Section section) {
    return new AttackTestSettings(
        section.smallInteger("steps", 1, 100_000),
        section.optionalNumber("stepSize", Range.POSITIVE),
        section.smallInteger("restarts", 1, 10_000),
        section.smallInteger("adaptiveSteps", 0, 100_000),
        section.smallInteger("queries", 0, 10_000_000),
        section.optionalInteger("limit", 1, Integer.MAX_VALUE));
  }

  /** The projected ascent in the ball of another attack. */
  public Attack attack(AttackSettings ball) {
    return new AttackSettings(ball.norm(), ball.epsilon(), steps, stepSize, restarts).attack();
  }
}
