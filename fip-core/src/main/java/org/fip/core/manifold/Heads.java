package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.OutputFunction;
import org.fip.core.network.OutputHeads;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.ExemptDistance;
import org.fip.core.objective.HeadCrossEntropy;
import org.fip.core.objective.LogitAdjustment;
import org.fip.core.objective.Term;

/** The division of a network's outputs into heads, on one device. */
final class Heads {
  private final OutputHeads division;
  private final int[] ofOutputs;
  private final int classes;
  private final NDManager manager;
  private final Map<Set<Integer>, NDArray> exempt = new HashMap<>();
  private final Map<LogitAdjustment, Targets> targets = new HashMap<>();

  /** Targets on the device: the rows [R, classes], and by label which one is its own [classes]. */
  private record Targets(NDArray rows, NDArray groups) {}

  /** A function of the outputs, and what they are compared with. */
  record Comparison(OutputFunction function, NDArray target) {}

  /**
   * A division.
   *
   * @param classes how many outputs there are
   * @param manager owner of what is kept on the device
   */
  Heads(OutputHeads division, int classes, NDManager manager) {
    this.division = division;
    this.classes = classes;
    this.manager = manager;
    ofOutputs = division.learning();
  }

  /** Whether two outputs compete where the network is evaluated. */
  boolean answerTogether(int output, int other) {
    return division.answerTogether(output, other);
  }

  /** Cross-entropy with labels [batch] within each one's head, some logits adjusted. */
  Comparison labels(
      NDManager scope, BatchProgram batches, NDArray labels, LogitAdjustment adjustment) {
    if (ofOutputs.length == 0 && adjustment.none()) {
      return new Comparison(CrossEntropy.INSTANCE, labels);
    }
    Targets all = targets.computeIfAbsent(adjustment, this::targets);
    return new Comparison(
        HeadCrossEntropy.INSTANCE, batches.marked(scope, all.rows(), all.groups(), labels));
  }

  private Targets targets(LogitAdjustment adjustment) {
    int[] heads = ofOutputs.length == 0 ? new int[classes] : ofOutputs;
    HeadCrossEntropy.Targets all = HeadCrossEntropy.targets(heads, adjustment);
    Shape shape = new Shape(all.rows().length / classes, classes);
    return new Targets(
        Program.upload(manager, all.rows(), Precision.FLOAT32, shape),
        Program.upload(manager, all.groups(), new Shape(classes)));
  }

  /** What a term compares with a target, the outputs that it exempts left free. */
  Comparison exempting(NDManager scope, Term term, NDArray target) {
    if (term.exempt().isEmpty() || !(term.function() instanceof Distance distance)) {
      return new Comparison(term.function(), target);
    }
    NDArray free = target.add(exempt.computeIfAbsent(term.exempt(), this::mask));
    free.attach(scope);
    return new Comparison(new ExemptDistance(distance), free);
  }

  /** [1, classes]: not a number at these outputs, zero at all others. */
  private NDArray mask(Set<Integer> outputs) {
    float[] values = new float[classes];
    outputs.forEach(output -> values[output] = Float.NaN);
    return Program.upload(manager, values, Precision.FLOAT32, new Shape(1, values.length));
  }
}
