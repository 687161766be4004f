package org.fip.spark.recipe;

import java.util.List;
import java.util.Set;

/**
 * A figure that the paths of an exploration are compared by.
 *
 * @param of what is measured, at the end of a path and at each rung: {@code evaluate.NAME} is the
 *     accuracy on that evaluation set and {@code evaluate.NAME.loss} the loss; or {@code drift},
 *     {@code length.weights}, {@code length.outputs}, {@code seconds}, and for {@code sparsify} at
 *     the end {@code sparsity.achieved}
 * @param better which of two values wins; default {@code higher} for accuracies and sparsity,
 *     {@code lower} for the others
 */
public record Measure(String of, Better better) {
  private static final String EVALUATE = "evaluate.";
  private static final String LOSS = ".loss";
  private static final String SPARSITY = "sparsity.achieved";
  private static final List<String> LOWER =
      List.of("drift", "length.weights", "length.outputs", "seconds");

  /** Which of two values wins. */
  public enum Better {
    /** The greater one. */
    HIGHER,
    /** The smaller one. */
    LOWER
  }

  /** The accuracy on an evaluation set. */
  static Measure accuracy(String set) {
    return new Measure(EVALUATE + set, Better.HIGHER);
  }

  static Measure read(Section section, Command command, Set<String> evaluations) {
    StringBuilder known = new StringBuilder("one of ");
    evaluations.forEach(set -> known.append(EVALUATE).append(set).append(", "));
    known
        .append(EVALUATE)
        .append("NAME")
        .append(LOSS)
        .append(", ")
        .append(String.join(", ", LOWER));
    if (command == Command.SPARSIFY) {
      known.append(", ").append(SPARSITY);
    }
    String of = section.text("of", known.toString());
    boolean accuracy = evaluations.contains(after(EVALUATE, of));
    boolean loss = of.endsWith(LOSS) && evaluations.contains(after(EVALUATE, before(LOSS, of)));
    boolean sparsity = command == Command.SPARSIFY && of.equals(SPARSITY);
    if (!accuracy && !loss && !sparsity && !LOWER.contains(of)) {
      throw section.refuse("of", known.toString());
    }
    Better better = accuracy || sparsity ? Better.HIGHER : Better.LOWER;
    return new Measure(
        of, section.has("better") ? section.choice("better", List.of(Better.values())) : better);
  }

  /** The rest behind a prefix, or nothing that names a set. */
  private static String after(String prefix, String text) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : "";
  }

  private static String before(String suffix, String text) {
    return text.substring(0, text.length() - suffix.length());
  }

  /** The evaluation set whose accuracy or loss this is, or null when it is another figure. */
  public String evaluationSet() {
    if (!of.startsWith(EVALUATE)) {
      return null;
    }
    return isLoss() ? after(EVALUATE, before(LOSS, of)) : after(EVALUATE, of);
  }

  /** Whether this is the loss on an evaluation set. */
  public boolean isLoss() {
    return of.startsWith(EVALUATE) && of.endsWith(LOSS);
  }
}
