package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.manifold.Manifold;

/**
 * All that decides a path but where it is walked, so that several machines can walk it in step.
 *
 * @param sampler takes the steps
 * @param constraint what the path stays in
 * @param settings how far, and when to measure
 */
public record Itinerary(SamplerFactory sampler, Constraint constraint, Walk.Settings settings)
    implements Serializable {

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
