package org.fip.spark.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A figure that the paths of an exploration are compared by.
 *
 * @param of what is measured, at the end of a path and at each rung: {@code evaluate.NAME} is the
 *     accuracy on that evaluation set and {@code evaluate.NAME.loss} the loss; or {@code drift},
 *     {@code length.weights}, {@code length.outputs}, {@code seconds}. At the end only: for {@code
 *     sparsify} {@code sparsity.achieved}; for {@code connect} {@code drop.NAME} and {@code
 *     barrier.NAME}, what the path loses on its way. For {@code robustify} also {@code
 *     evaluate.NAME pgd} and {@code evaluate.NAME robust}, the accuracies under attack. For {@code
 *     diversify} {@code evaluate.NAME} is of the ensemble, {@code worst.NAME} of its worst member,
 *     {@code disagreement.NAME} the share of pairs of members that differ, and {@code
 *     transferred.NAME} the ensemble's accuracy on images perturbed against one of them
 * @param better which of two values wins; default {@code higher} for accuracies, sparsity and
 *     disagreement, {@code lower} for the others
 */
public record Measure(String of, Better better) {
  /** Before the name of an evaluation set: the accuracy there. */
  public static final String EVALUATE = "evaluate.";

  /** After the accuracy's name: the loss. */
  public static final String LOSS = ".loss";

  /** The share of zeros. */
  public static final String ZEROS = "sparsity.achieved";

  /** Before the name of an evaluation set: the greatest drop of accuracy between two networks. */
  public static final String DROP = "drop.";

  /** Before the name of an evaluation set: the greatest rise of the loss between two networks. */
  public static final String BARRIER = "barrier.";

  /** Before the name of an evaluation set: the accuracy of an ensemble's worst member. */
  public static final String WORST = "worst.";

  /** Before the name of an evaluation set: the share of pairs of members that differ. */
  public static final String DISAGREEMENT = "disagreement.";

  /** Before the name of an evaluation set: the ensemble on images perturbed against a member. */
  public static final String TRANSFERRED = "transferred.";

  /** The time that the walk took. */
  public static final String SECONDS = "seconds";

  private static final List<String> OF_A_PATH =
      List.of("drift", "length.weights", "length.outputs");
  private static final List<String> UNDER_ATTACK = List.of(" pgd", " robust");

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
    Map<String, Better> known = known(command, evaluations);
    StringBuilder names = new StringBuilder("one of ");
    known.keySet().stream()
        .filter(name -> !name.endsWith(LOSS))
        .forEach(name -> names.append(name).append(", "));
    names.append(EVALUATE).append("NAME").append(LOSS);
    String of = section.text("of", names.toString());
    Better usual = known.get(of);
    if (usual == null) {
      throw section.refuse("of", names.toString());
    }
    Better better = section.optionalChoice("better", List.of(Better.values()));
    return new Measure(of, better == null ? usual : better);
  }

  /** What is measured of the paths of a command, and which of two values usually wins. */
  private static Map<String, Better> known(Command command, Set<String> evaluations) {
    Map<String, Better> known = new LinkedHashMap<>();
    for (String set : evaluations) {
      known.put(EVALUATE + set, Better.HIGHER);
      known.put(EVALUATE + set + LOSS, Better.LOWER);
      switch (command) {
        case ROBUSTIFY ->
            UNDER_ATTACK.forEach(attack -> known.put(EVALUATE + set + attack, Better.HIGHER));
        case CONNECT -> List.of(DROP, BARRIER).forEach(of -> known.put(of + set, Better.LOWER));
        case DIVERSIFY ->
            List.of(WORST, DISAGREEMENT, TRANSFERRED)
                .forEach(of -> known.put(of + set, Better.HIGHER));
        case TRAIN, ADAPT, SPARSIFY -> {}
      }
    }
    if (command != Command.DIVERSIFY) {
      OF_A_PATH.forEach(of -> known.put(of, Better.LOWER));
    }
    known.put(SECONDS, Better.LOWER);
    if (command == Command.SPARSIFY) {
      known.put(ZEROS, Better.HIGHER);
    }
    return known;
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

  /** Whether values are shares of 1. */
  public boolean isShare() {
    boolean accuracy = of.startsWith(EVALUATE) && !isLoss();
    return accuracy
        || of.equals(ZEROS)
        || List.of(DROP, WORST, DISAGREEMENT, TRANSFERRED).stream().anyMatch(of::startsWith);
  }

  /** Whether this is the loss on an evaluation set. */
  public boolean isLoss() {
    return of.startsWith(EVALUATE) && of.endsWith(LOSS);
  }
}
