package org.fip.spark.recipe;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.sparsity.Budget;
import org.fip.core.sparsity.Pattern;

/**
 * The sparsity that {@code sparsify} walks to.
 *
 * @param target fraction of the weights that end at exactly zero, above 0 and below 1; of {@code
 *     N:M}, what the pattern says, and no other; default the last of {@code curve}, else 0.95
 * @param curve ascending fractions at each of which the path leaves a finished network on its way
 *     to the target; each takes {@code path.steps} of its own, and so does the target
 * @param pattern where zeros may lie: {@code unstructured}, {@code N:M} (at most N of M neighbours
 *     along the inputs are not zero, such as {@code 2:4}), {@code block} or {@code block:RxC} (R
 *     outputs by C inputs; 4x1), or {@code channel} (neurons, convolution channels, attention
 *     heads)
 * @param budget {@code global}, or {@code layer}: every layer loses the same share
 * @param score which weights go first: {@code magnitude}, {@code diagonal} (w squared times the
 *     metric's diagonal, estimated) or {@code exact-diagonal}
 * @param scoreExamples anchors that a diagonal is taken over at each stage
 * @param stages how many times the kept set shrinks
 * @param rampFraction fraction of the steps over which it shrinks, the rest is spent at the target;
 *     above 0, at most 1
 * @param exclude regular expressions of tensor names that stay dense; a name has to match as a
 *     whole; biases, normalisations and embeddings stay dense anyway
 * @param labels whether the path also descends the cross-entropy with the anchors' labels
 * @param decisions whether the path also descends the cross-entropy with what the start network
 *     decides of the anchors as they are, so that shifted and flipped ones are decided alike; reads
 *     no label; not with {@code labels}, and not of the samplers {@code fine-tuning} and {@code
 *     released}
 * @param compensate whether the removal of a weight is compensated in the kept ones with the metric
 *     tensor
 * @param renormalize whether after each removal batch normalisations get scales and offsets with
 *     which each channel is nearest to what it is in the start network
 * @param smaller whether to write, for {@code channel}, a network without the removed channels, too
 */
public record SparsitySettings(
    double target,
    List<Double> curve,
    String pattern,
    Budget budget,
    SparsityScore score,
    int scoreExamples,
    int stages,
    double rampFraction,
    List<String> exclude,
    boolean labels,
    boolean decisions,
    boolean compensate,
    boolean renormalize,
    boolean smaller) {
  private static final double DEFAULT_TARGET = 0.95;
  private static final Range SHARE = new Range(0, false, 1, false);

  /** Copies the lists. */
  public SparsitySettings {
    curve = List.copyOf(curve);
    exclude = List.copyOf(exclude);
  }

  static SparsitySettings read(Section section) {
    Pattern pattern = pattern(section);
    List<Double> curve = curve(section, pattern);
    boolean smaller = section.bool("smaller");
    if (smaller && !pattern.label().equals("channel")) {
      throw section.refuse(
          "smaller", "false, because only the pattern channel makes layers smaller");
    }
    boolean decisions = section.bool("decisions");
    if (decisions && section.bool("labels")) {
      throw section.refuse("decisions", "false with labels, which are learned in their place");
    }
    return new SparsitySettings(
        target(section, pattern, curve),
        curve,
        pattern.label(),
        section.choice("budget", List.of(Budget.values())),
        section.choice("score", List.of(SparsityScore.values())),
        section.smallInteger("scoreExamples", 1, 1_000_000),
        section.smallInteger("stages", 1, 100_000),
        section.number("rampFraction", new Range(0, false, 1, true)),
        section.expressions("exclude"),
        section.bool("labels"),
        decisions,
        section.bool("compensate"),
        section.bool("renormalize"),
        smaller);
  }

  private static Pattern pattern(Section section) {
    return Pattern.parse(section.text("pattern", Pattern.EXPECTED))
        .orElseThrow(() -> section.refuse("pattern", Pattern.EXPECTED));
  }

  private static List<Double> curve(Section section, Pattern pattern) {
    List<Double> curve = section.numbers("curve", SHARE);
    for (int i = 1; i < curve.size(); i++) {
      if (curve.get(i) <= curve.get(i - 1)) {
        throw section.refuse("curve", "a list in ascending order");
      }
    }
    if (!curve.isEmpty() && pattern.share().isPresent()) {
      throw section.refuse("curve", "empty, because " + pattern.label() + " is one sparsity");
    }
    return curve;
  }

  private static double target(Section section, Pattern pattern, List<Double> curve) {
    Double target = section.optionalNumber("target", SHARE);
    if (target == null) {
      return pattern.share().orElse(curve.isEmpty() ? DEFAULT_TARGET : curve.get(curve.size() - 1));
    }
    if (pattern.share().isPresent() && Math.abs(target - pattern.share().get()) > 1e-9) {
      throw section.refuse(
          "target",
          "absent or " + pattern.share().get() + ", which is what " + pattern.label() + " says");
    }
    if (!curve.isEmpty() && target < curve.get(curve.size() - 1)) {
      throw section.refuse("target", "absent, or not below the last of sparsity.curve");
    }
    return target;
  }

  /** The sparsities at which the path leaves networks, ascending, the target last. */
  public List<Double> targets() {
    List<Double> targets = new ArrayList<>(curve);
    if (targets.isEmpty() || targets.get(targets.size() - 1) < target) {
      targets.add(target);
    }
    return targets;
  }

  /** The pattern. */
  public Pattern shape() {
    return Pattern.parse(pattern).orElseThrow();
  }
}
