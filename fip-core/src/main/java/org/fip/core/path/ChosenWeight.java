package org.fip.core.path;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Point;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;

/**
 * Chooses the weight of the drift at the start of a stretch, and walks the stretch with it. For
 * each weight it takes a short probe walk from where it stands, with a learning rate that falls to
 * zero at its end, and asks there what a walk is for: the mean cross-entropy on examples of the
 * task that are held out, plus the Kullback-Leibler divergence from the reference on anchors that
 * are held out, once for each task that is kept. The divergence is by how much the cross-entropy
 * grows on what was learned if the reference's probabilities are right, so both parts are losses,
 * and no label of what is kept is looked at. The weight with the least sum is taken.
 *
 * <p>The choice is a scalar of the state. Probes leave nothing else there but what they cost, so a
 * walk that is taken up in the middle of a stretch goes on with the same weight, and one that is
 * taken up at its start chooses the same again.
 */
public final class ChosenWeight implements Sampler {
  private static final String WEIGHT = "anchorWeight.chosen";

  /**
   * What to choose from, and by what.
   *
   * @param weights for each task that is kept
   * @param probeSteps steps of a probe walk
   * @param task name of the task's examples that are held out
   * @param anchors the anchors that are held out
   * @param exempt outputs that nothing is kept in
   * @param kept how many tasks are kept
   */
  public record Settings(
      List<Double> weights,
      long probeSteps,
      String task,
      Batch anchors,
      Set<Integer> exempt,
      int kept)
      implements Serializable {}

  /** Makes a sampler of a weight. */
  @FunctionalInterface
  public interface Maker {
    /** One that walks a stretch, which is a probe or the whole one. */
    Sampler sampler(double weight, Stretch stretch);
  }

  private final Maker maker;
  private final Settings settings;
  private final Stretch stretch;
  private Sampler chosen;

  /** A sampler for a stretch. */
  public ChosenWeight(Maker maker, Settings settings, Stretch stretch) {
    this.maker = maker;
    this.settings = settings;
    this.stretch = stretch;
  }

  /** The weight that a stretch was walked with, from the state at its end; NaN without a choice. */
  public static double of(PathState state) {
    return state.scalar(WEIGHT, Double.NaN);
  }

  @Override
  public int stride() {
    return walking(settings.weights().get(0)).stride();
  }

  @Override
  public Step step(Point here, PathState state) {
    if (state.step() == stretch.first()) {
      state.setScalar(WEIGHT, choose(here, state));
      chosen = null;
    }
    if (chosen == null) {
      chosen = walking(of(state));
    }
    return chosen.step(here, state);
  }

  private Sampler walking(double weight) {
    return maker.sampler(settings.kept() * weight, stretch);
  }

  /** The weight with the least loss; one whose probe fails has none, unless all fail. */
  private double choose(Point here, PathState state) {
    double best = Double.POSITIVE_INFINITY;
    double weight = settings.weights().get(0);
    FipException failure = null;
    for (double candidate : settings.weights()) {
      try {
        double loss = probe(candidate, here, state);
        if (loss < best) {
          best = loss;
          weight = candidate;
        }
      } catch (FipException e) {
        if (e.category() != FipException.Category.DATA) {
          throw e;
        }
        failure = e;
      }
    }
    if (failure != null && best == Double.POSITIVE_INFINITY) {
      throw failure;
    }
    return weight;
  }

  /** What a probe walk comes to. */
  private double probe(double weight, Point start, PathState state) {
    Stretch probe = new Stretch(stretch.first(), settings.probeSteps());
    Sampler sampler = maker.sampler(settings.kept() * weight, probe);
    PathState own = new PathState(state.step(), state.weights().clone());
    Point here = start;
    try {
      while (own.step() < probe.last()) {
        Step step = sampler.step(here, own);
        for (int i = 0; i < sampler.stride(); i++) {
          own.advance();
        }
        if (here != start) {
          here.close();
        }
        here = step.point();
      }
      double learned = here.evaluate(settings.task()).loss();
      Term drift = Term.drift(Distance.KL, 1, settings.anchors()).exempting(settings.exempt());
      double forgotten = here.gradient(List.of(drift), own.step()).values()[0];
      return learned + settings.kept() * forgotten;
    } finally {
      Costs.addGradients(state, Costs.gradients(own));
      if (here != start) {
        here.close();
      }
    }
  }
}
