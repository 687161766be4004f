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
import org.fip.core.objective.Term;

/** The division of a network's outputs into heads, on one device. */
final class Heads {
  private final OutputHeads division;
  private final int[] ofOutputs;
  private final NDManager manager;
  private final Map<Set<Integer>, NDArray> exempt = new HashMap<>();
  private NDArray targets;

  /** A function of the outputs, and what they are compared with. */
  record Comparison(OutputFunction function, NDArray target) {}

  /**
   * A division.
   *
   * @param manager owner of what is kept on the device
   */
  Heads(OutputHeads division, NDManager manager) {
    this.division = division;
    this.manager = manager;
    ofOutputs = division.learning();
  }

  /** Whether two outputs compete where the network is evaluated. */
  boolean answerTogether(int output, int other) {
    return division.answerTogether(output, other);
  }

  /** Cross-entropy with labels [batch] within each one's head. */
  Comparison labels(NDManager scope, BatchProgram batches, NDArray labels) {
    if (ofOutputs.length == 0) {
      return new Comparison(CrossEntropy.INSTANCE, labels);
    }
    if (targets == null) {
      float[] all = HeadCrossEntropy.targets(ofOutputs);
      targets =
          Program.upload(
              manager, all, Precision.FLOAT32, new Shape(ofOutputs.length, ofOutputs.length));
    }
    return new Comparison(HeadCrossEntropy.INSTANCE, batches.rows(scope, targets, labels));
  }

  /** What a term compares with a target, the outputs that it exempts left free. */
  Comparison exempting(NDManager scope, Term term, NDArray target) {
    if (term.exempt().isEmpty() || !(term.function() instanceof Distance distance)) {
      return new Comparison(term.function(), target);
    }
    int classes = (int) target.getShape().get(1);
    NDArray free =
        target.add(exempt.computeIfAbsent(term.exempt(), outputs -> mask(outputs, classes)));
    free.attach(scope);
    return new Comparison(new ExemptDistance(distance), free);
  }

  /** [1, classes]: not a number at these outputs, zero at all others. */
  private NDArray mask(Set<Integer> outputs, int classes) {
    float[] values = new float[classes];
    outputs.forEach(output -> values[output] = Float.NaN);
    return Program.upload(manager, values, Precision.FLOAT32, new Shape(1, values.length));
  }
}
