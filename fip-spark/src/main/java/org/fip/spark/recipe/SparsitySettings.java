package org.fip.spark.recipe;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sparsity that {@code sparsify} walks to.
 *
 * @param target fraction of the weights that end at exactly zero, above 0 and below 1; default 0.95
 * @param pattern where zeros may lie: {@code unstructured}, {@code N:M} (at least N zeros in every
 *     M neighbours, such as {@code 2:4}), {@code block} or {@code channel}; default {@code
 *     unstructured}
 * @param stages how many times the kept set shrinks; default 40
 * @param rampFraction fraction of the steps over which it shrinks, the rest is spent at the target;
 *     above 0, at most 1; default 0.5
 * @param exclude regular expressions of tensor names that stay dense; a name has to match as a
 *     whole; default none
 * @param compensate whether the removal of a weight is compensated in the kept ones with the metric
 *     tensor; default false
 */
public record SparsitySettings(
    double target,
    String pattern,
    int stages,
    double rampFraction,
    List<String> exclude,
    boolean compensate) {
  private static final Pattern N_OF_M = Pattern.compile("([0-9]{1,3}):([0-9]{1,3})");
  private static final List<String> NAMED = List.of("unstructured", "block", "channel");

  static SparsitySettings read(Section section) {
    return new SparsitySettings(
        section.number("target", new Range(0, false, 1, false)),
        pattern(section),
        section.smallInteger("stages", 1, 100_000),
        section.number("rampFraction", new Range(0, false, 1, true)),
        section.expressions("exclude"),
        section.bool("compensate"));
  }

  private static String pattern(Section section) {
    String expected = "unstructured, block, channel, or N:M with 1 <= N < M, for example 2:4";
    String pattern = section.text("pattern", expected);
    Matcher nOfM = N_OF_M.matcher(pattern);
    boolean known =
        nOfM.matches()
            ? Integer.parseInt(nOfM.group(1)) >= 1
                && Integer.parseInt(nOfM.group(1)) < Integer.parseInt(nOfM.group(2))
            : NAMED.contains(pattern);
    if (!known) {
      throw section.refuse("pattern", expected);
    }
    return pattern;
  }
}
