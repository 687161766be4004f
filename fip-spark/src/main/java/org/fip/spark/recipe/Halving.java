package org.fip.spark.recipe;

/**
 * Successive halving: paths stop at rungs, and of those that another path dominates there only the
 * best go on.
 *
 * @param rungs how often the paths of an exploration are compared, the end included; 1 for only the
 *     end
 * @param keep share of the paths that goes on at each rung, which is also the ratio of the steps of
 *     two rungs; from 0.1 to 0.9
 */
public record Halving(int rungs, double keep) {
  static Halving read(Section section) {
    return new Halving(
        section.smallInteger("rungs", 1, 20),
        section.number("keep", new Range(0.1, true, 0.9, true)));
  }
}
