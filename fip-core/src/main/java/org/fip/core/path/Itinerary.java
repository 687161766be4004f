package org.fip.core.path;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Manifold;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;

/**
 * All that decides a path but where it is walked, so that several machines can walk it in step.
 *
 * @param sampler takes the steps
 * @param constraint what the path stays in
 * @param settings how far, and when to measure
 */
public record Itinerary(SamplerFactory sampler, Constraint constraint, Walk.Settings settings)
    implements Serializable {

  /**
   * A path of stochastic gradient steps whose learning rate falls to zero, measured at its end on
   * all of a set, and whose weights may go anywhere.
   *
   * @param terms the objective first, then what holds the path
   * @param learningRate Adam's step size at the start
   * @param anchors name of the set that drift and lengths are measured on
   */
  public static Itinerary anchored(
      List<Term> terms, double learningRate, long steps, String anchors) {
    Stretch stretch = new Stretch(0, steps);
    List<Term> all = List.copyOf(terms);
    return new Itinerary(
        manifold ->
            new AnchoredSampler(
                manifold, Constraint.NONE, all, learningRate, Schedule.LINEAR, stretch),
        Constraint.NONE,
        new Walk.Settings(steps, 0, 0, 0, Distance.SQUARED_LOGITS, Batch.all(anchors), Map.of()));
  }

  /**
   * Walks all of it in this thread, from the manifold's reference, and stores nothing.
   *
   * @return where it ends
   * @throws org.fip.core.FipException when a step cannot be taken
   */
  public Waypoint walk(Manifold manifold) {
    PathState start = new PathState(manifold.reference().value().clone());
    return on(manifold, new Walk.Listener() {}).walk(start, settings.steps());
  }

  /** How many rounds there are from one waypoint to the next, as far as it can be foreseen. */
  public long roundsOfALeg(Manifold manifold) {
    Sampler own = sampler.on(manifold);
    return settings.waypointAfter(0) / own.stride() * own.rounds();
  }

  /**
   * Who walks it in this thread.
   *
   * @throws IllegalArgumentException when the sampler's stride does not divide the settings' steps
   */
  public Walker on(Manifold manifold, Walk.Listener listener) {
    return new ManifoldWalker(manifold, sampler.on(manifold), constraint, settings, listener);
  }
}
