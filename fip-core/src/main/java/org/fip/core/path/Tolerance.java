package org.fip.core.path;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.manifold.Manifold;
import org.fip.core.objective.Term;

/**
 * Keeps the drift of a path near a share of what the reference network says, by the weight of the
 * drift: where the drift on a step's anchors exceeds the share, the weight grows, else it shrinks,
 * by at most 5 % a step. The drift is in squared logits, and so is what it is a share of: half the
 * squared distance of the reference's logits from their mean over the outputs, taken once at the
 * start of a stretch over the anchors of the first step. So the same share means the same for
 * networks with large and with small logits.
 *
 * @param share the drift to stay near, relative; above 0
 * @param term which of the terms the drift is
 * @param stretch what the sampler walks
 */
public record Tolerance(double share, int term, Stretch stretch) implements Serializable {
  /** Scalar of a state: the weight of the next step. */
  static final String WEIGHT = "anchorWeight";

  private static final String SPREAD = "anchorSpread";
  private static final double GAIN = 0.05;
  private static final double LEAST = 1e-6;
  private static final double MOST = 1e6;

  /** The terms of the state's step, the drift with the weight it has come to. */
  List<Term> terms(List<Term> terms, Manifold manifold, PathState state) {
    Term drift = terms.get(term);
    if (state.step() == stretch.first()) {
      state.setScalar(SPREAD, manifold.referenceSpread(drift.batch(), state.step()));
      state.setScalar(WEIGHT, drift.weight());
    }
    List<Term> weighted = new ArrayList<>(terms);
    double weight = state.scalar(WEIGHT, drift.weight());
    weighted.set(term, drift.times(weight));
    return weighted;
  }

  /** Takes a step's mean drift into the weight of the next. */
  void observe(double drift, PathState state) {
    double excess = Math.log(drift / (share * state.scalar(SPREAD, 0)));
    if (Double.isNaN(excess)) {
      return;
    }
    double change = Math.exp(GAIN * Math.max(-1, Math.min(1, excess)));
    double weight = state.scalar(WEIGHT, 0) * change;
    state.setScalar(WEIGHT, Math.max(LEAST, Math.min(MOST, weight)));
  }
}
