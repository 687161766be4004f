package org.fip.spark.recipe;

import java.util.List;

/**
 * How {@code robustify} walks.
 *
 * @param loss what perturbed images make large and the path makes small again: {@code
 *     cross-entropy} with the labels, or {@code distance}, that of the outputs from those of the
 *     start network on the unperturbed images, which needs no labels
 * @param weight of that loss beside the drift on unperturbed images, which has {@code
 *     path.anchorWeight}
 * @param attack how images are perturbed before every step
 * @param test how robustness is measured along the path
 */
public record RobustifySettings(
    Loss loss, double weight, AttackSettings attack, AttackTestSettings test) {

  /** What perturbed images make large. */
  public enum Loss {
    /** The cross-entropy with the labels. */
    CROSS_ENTROPY,
    /** The distance from the start network's outputs on the unperturbed images. */
    DISTANCE
  }

  static RobustifySettings read(Section section) {
    return new RobustifySettings(
        section.choice("loss", List.of(Loss.values())),
        section.number("weight", Range.POSITIVE),
        AttackSettings.read(section.section("attack", AttackSettings.class)),
        AttackTestSettings.read(section.section("test", AttackTestSettings.class)));
  }
}
