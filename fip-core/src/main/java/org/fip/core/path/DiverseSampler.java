package org.fip.core.path;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.fip.core.manifold.Gradient;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Seeds;
import org.fip.core.objective.Term;

/**
 * The steps of {@link AnchoredSampler} away from other networks: in weights, by a potential that
 * falls with the logarithm of the distance from each, or in errors, by terms on images that are
 * perturbed against one of them, another one at each step.
 *
 * <p>At the end of the path nothing leads away any more: the drift alone is descended, so that what
 * was lost on the way comes back where it can.
 *
 * <p>From where the path starts no direction leads away from the start; so what repels is not the
 * start but a place near it, in a random direction.
 */
public final class DiverseSampler implements Sampler {
  private final Manifold manifold;
  private final AnchoredSampler steps;
  private final Settings settings;
  private final List<float[]> repelling;
  private List<Point> victims;

  /**
   * Settings of the sampler.
   *
   * @param away what leads away, descended beside the drift; attacks are on network 0, the step's
   * @param drift what is descended throughout
   * @param last the step after which the drift is descended alone
   * @param constraint what the path stays in
   * @param sizes factors of the learning rate
   * @param others the networks that the path is to be different from, the start first, length P
   *     each
   * @param repulsion weight of the potential, the mean over the others of -ln |w - other|; 0 for
   *     none
   * @param seed of the first direction
   */
  public record Settings(
      List<Term> away,
      List<Term> drift,
      long last,
      Constraint constraint,
      StepSizes sizes,
      List<float[]> others,
      double repulsion,
      long seed)
      implements Serializable {

    /** Copies the lists. */
    public Settings {
      away = List.copyOf(away);
      drift = List.copyOf(drift);
      others = List.copyOf(others);
    }
  }

  /** A sampler for a stretch of a path. */
  public DiverseSampler(
      Manifold manifold, Settings settings, double rate, Schedule schedule, Stretch stretch) {
    this.manifold = manifold;
    this.settings = settings;
    steps =
        new AnchoredSampler(
            manifold,
            settings.constraint(),
            Penalty.NONE,
            settings.drift(),
            null,
            rate,
            settings.sizes(),
            schedule,
            stretch);
    repelling = new ArrayList<>(settings.others());
    repelling.set(0, near(settings.others().get(0)));
  }

  /** A place at a thousandth of the length of the weights. */
  private float[] near(float[] start) {
    SplittableRandom random = Seeds.stream(settings.seed(), Seeds.of("direction"));
    float[] direction = new float[start.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
    }
    Vector.scale(direction, 1e-3 * Vector.norm(start) / Vector.norm(direction));
    Vector.add(direction, 1, start);
    return direction;
  }

  @Override
  public Step step(Point here, PathState state) {
    if (state.step() >= settings.last()) {
      return steps.step(here, state);
    }
    List<Term> terms = new ArrayList<>(settings.away());
    terms.addAll(settings.drift());
    Gradient gradient = here.gradient(terms, state.step(), victim(state.step()));
    if (settings.repulsion() > 0) {
      for (float[] other : repelling) {
        repel(state.weights(), other, gradient.vector());
      }
    }
    return steps.descend(state, gradient);
  }

  private List<Point> victim(long step) {
    if (settings.away().stream().allMatch(term -> term.attack() == null)) {
      return List.of();
    }
    if (victims == null) {
      victims = settings.others().stream().map(manifold::at).toList();
    }
    return List.of(victims.get((int) (step % victims.size())));
  }

  /** Adds the gradient of the potential, -(w - other) / |w - other|^2. */
  private void repel(float[] weights, float[] other, float[] gradient) {
    double squared = 0;
    for (int i = 0; i < weights.length; i++) {
      double difference = (double) weights[i] - other[i];
      squared += difference * difference;
    }
    double factor = -settings.repulsion() / repelling.size() / squared;
    for (int i = 0; i < weights.length; i++) {
      gradient[i] += (float) (factor * ((double) weights[i] - other[i]));
    }
  }
}
