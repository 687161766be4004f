package org.fip.spark.recipe;

import java.util.List;

/**
 * The networks that {@code diversify} walks to.
 *
 * @param members how many
 * @param by in what they are to differ: {@code errors}, each walking to the start's outputs on
 *     images that are perturbed against the start or one of those before it; or their weights, each
 *     repelled by the start and by those before it
 * @param weight of the repulsion, or of the loss on perturbed images, beside the drift on
 *     unperturbed ones, which has {@code path.anchorWeight}
 * @param coolDown share of the steps, the last ones, that descend the drift alone; from 0, below 1
 * @param attack how images are perturbed, on the path and to test the ensemble; its restarts count
 *     for the test only, a step takes one
 * @param limit examples of each evaluation set, balanced over its classes, that the test perturbs,
 *     or null for all
 * @param independent folders of other networks of the architecture, trained independently, that the
 *     ensemble is compared with
 */
public record DiversifySettings(
    int members,
    Difference by,
    double weight,
    double coolDown,
    AttackSettings attack,
    Integer limit,
    List<String> independent) {

  /** In what networks differ. */
  public enum Difference {
    /** In their weights. */
    WEIGHTS,
    /** In the images that they get wrong. */
    ERRORS
  }

  /** Copies the list. */
  public DiversifySettings {
    independent = List.copyOf(independent);
  }

  static DiversifySettings read(Section section) {
    List<String> independent =
        section.texts("independent", "the folder of a network, for example models/other");
    if (independent.size() == 1) {
      throw section.refuse("independent", "empty, or a list of two folders of networks at least");
    }
    return new DiversifySettings(
        section.smallInteger("members", 2, 10_000),
        section.choice("by", List.of(Difference.values())),
        section.number("weight", Range.POSITIVE),
        section.number("coolDown", new Range(0, true, 1, false)),
        AttackSettings.read(section.section("attack", AttackSettings.class)),
        section.optionalInteger("limit", 1, Integer.MAX_VALUE),
        independent);
  }
}
