package org.fip.core.objective;

import java.io.Serializable;
import java.util.Set;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.ExampleFunction;

/**
 * One summand of the function that a path descends: weight times the mean over a batch of a
 * function of the outputs.
 *
 * @param function what is summed over the examples
 * @param target what the outputs are compared with
 * @param weight factor of the mean
 * @param batch the examples
 * @param attack how their images are perturbed before the outputs are taken, so that the function
 *     is large; null for images as they are. What the outputs are compared with is that of the
 *     images as they are
 * @param hidden weight, beside a distance from the outputs of the reference, of that from its
 *     hidden layers; 0 for none
 * @param exempt outputs that a distance from the outputs of the reference leaves free
 * @param adjustment of logits that are compared with labels by cross-entropy
 */
public record Term(
    ExampleFunction function,
    Target target,
    double weight,
    Batch batch,
    Attack attack,
    double hidden,
    Set<Integer> exempt,
    LogitAdjustment adjustment)
    implements Serializable {
  /** Checks that hidden layers are compared with those of the reference, on images as they are. */
  public Term {
    exempt = Set.copyOf(exempt);
    if (hidden > 0
        && (target != Target.REFERENCE
            || attack != null
            || !exempt.isEmpty()
            || !(function instanceof Distance))) {
      throw new IllegalArgumentException("hidden layers beside " + function.id() + ", " + target);
    }
    if (!adjustment.none()
        && (target != Target.LABELS || attack != null || function != CrossEntropy.INSTANCE)) {
      throw new IllegalArgumentException("logits adjusted of " + function.id() + ", " + target);
    }
  }

  /** A term on all outputs and on them alone. */
  public Term(ExampleFunction function, Target target, double weight, Batch batch, Attack attack) {
    this(function, target, weight, batch, attack, 0, Set.of(), LogitAdjustment.NONE);
  }

  /** A term on images as they are, over all outputs. */
  public Term(ExampleFunction function, Target target, double weight, Batch batch) {
    this(function, target, weight, batch, null);
  }

  /** The same with another weight. */
  public Term times(double other) {
    return new Term(function, target, other, batch, attack, hidden, exempt, adjustment);
  }

  /** What outputs are compared with. */
  public enum Target {
    /** The examples' labels. */
    LABELS,
    /** The logits of the reference network on the same inputs. */
    REFERENCE,
    /** The logits that are stored with the examples, however their inputs are varied. */
    STORED
  }

  /** Cross-entropy with the labels, weight 1: learning a task. */
  public static Term task(Batch batch) {
    return new Term(CrossEntropy.INSTANCE, Target.LABELS, 1, batch);
  }

  /** Drift from the reference network, weight mu. */
  public static Term drift(Distance distance, double mu, Batch anchors) {
    return drift(distance, mu, anchors, 0);
  }

  /** Drift of outputs and hidden layers, weight mu; the latter's beside the former's is hidden. */
  public static Term drift(Distance distance, double mu, Batch anchors, double hidden) {
    return new Term(
        distance, Target.REFERENCE, mu, anchors, null, hidden, Set.of(), LogitAdjustment.NONE);
  }

  /** The same cross-entropy of other logits. */
  public Term adjusting(LogitAdjustment other) {
    return new Term(function, target, weight, batch, attack, hidden, exempt, other);
  }

  /** The same drift without these outputs. */
  public Term exempting(Set<Integer> outputs) {
    return new Term(function, target, weight, batch, attack, hidden, outputs, adjustment);
  }
}
