package org.fip.core.path;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.CurveGradient;
import org.fip.core.manifold.CurveTerm;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Seeds;
import org.fip.core.objective.Batch;

/**
 * Relaxes a curve between two networks to the least length in output space, by stochastic gradient
 * steps on all inner nodes at once: what moves along the steps is the curve, and the state's
 * weights are its middle node. The other nodes and their moments are vectors of the state. A step
 * draws one place in each segment (Garipov et al. 2018, arXiv 1802.10026), so that nothing hides
 * between two nodes, and a mini-batch, and is one round: a broadcast and a reduction of P floats
 * for each inner node.
 */
public final class CurveSampler implements Sampler {
  private static final int MOST_FLOATS = 2_000_000_000;

  private final Manifold manifold;
  private final float[] from;
  private final float[] to;
  private final Settings settings;
  private final Schedule schedule;
  private final Stretch stretch;
  private Point start;
  private Point end;

  /**
   * Settings of the sampler.
   *
   * @param bends how many inner nodes the curve has
   * @param distance of outputs from the straight line between those of the ends
   * @param batch inputs that outputs are compared on, drawn anew at each step
   * @param learningRate Adam's step size
   * @param seed of the places
   */
  public record Settings(int bends, Distance distance, Batch batch, double learningRate, long seed)
      implements Serializable {}

  /** A sampler for a curve between these weights. */
  public CurveSampler(
      Manifold manifold,
      float[] from,
      float[] to,
      Settings settings,
      Schedule schedule,
      Stretch stretch) {
    this.manifold = manifold;
    this.from = from;
    this.to = to;
    this.settings = settings;
    this.schedule = schedule;
    this.stretch = stretch;
    if ((long) settings.bends() * from.length > MOST_FLOATS) {
      throw FipException.data(
          "%d bends of %d weights are more than one vector of %d holds; lower connect.bends",
          settings.bends(), from.length, MOST_FLOATS);
    }
  }

  /** The curve as a state has it, whose ends are these. */
  public static Curve curve(PathState state, float[] from, float[] to, int bends) {
    List<float[]> nodes = new ArrayList<>();
    nodes.add(from);
    for (int bend = 0; bend < bends; bend++) {
      nodes.add(node(state, bend, bends));
    }
    nodes.add(to);
    return new Curve(nodes);
  }

  private static float[] node(PathState state, int bend, int bends) {
    return bend == bends / 2 ? state.weights() : state.vector("curve" + suffix(bend));
  }

  private static String suffix(int bend) {
    return String.format(Locale.ROOT, ".%04d", bend + 1);
  }

  @Override
  public Step step(Point here, PathState state) {
    if (state.step() == stretch.first()) {
      begin(state);
    }
    if (start == null) {
      start = manifold.at(from);
      end = manifold.at(to);
    }
    CurveGradient gradient = gradient(here, state);
    double rate = settings.learningRate() * schedule.factor(stretch, state.step());
    double length = 0;
    for (int bend = 0; bend < settings.bends(); bend++) {
      double moved = move(state, bend, gradient.nodes().get(bend), rate);
      length = bend == settings.bends() / 2 ? moved : length;
    }
    return new Step(manifold.at(state.weights()), gradient.value(), length);
  }

  /** Puts all nodes on the straight line. */
  private void begin(PathState state) {
    Curve line = Curve.straight(from, to, settings.bends());
    for (int bend = 0; bend < settings.bends(); bend++) {
      float[] node = node(state, bend, settings.bends());
      System.arraycopy(line.nodes().get(bend + 1), 0, node, 0, node.length);
    }
  }

  private CurveGradient gradient(Point here, PathState state) {
    List<Point> nodes = new ArrayList<>();
    List<Point> passing = new ArrayList<>();
    nodes.add(start);
    for (int bend = 0; bend < settings.bends(); bend++) {
      if (bend == settings.bends() / 2 && state.step() > stretch.first()) {
        nodes.add(here);
        continue;
      }
      Point node = manifold.at(node(state, bend, settings.bends()));
      passing.add(node);
      nodes.add(node);
    }
    nodes.add(end);
    try {
      CurveTerm term = new CurveTerm(settings.distance(), settings.batch(), places(state.step()));
      return manifold.curveGradient(nodes, term, state.step());
    } finally {
      passing.forEach(Point::close);
    }
  }

  private double[] places(long step) {
    SplittableRandom random = Seeds.stream(settings.seed(), Seeds.of("curve"), step);
    double[] places = new double[settings.bends() + 1];
    for (int i = 0; i < places.length; i++) {
      places[i] = random.nextDouble();
    }
    return places;
  }

  private double move(PathState state, int bend, float[] gradient, double rate) {
    AnchoredSampler.requireFinite(gradient, state.step());
    Adam adam = Adam.update(state, suffix(bend), gradient, stretch.first());
    float[] node = node(state, bend, settings.bends());
    double squared = 0;
    for (int i = 0; i < node.length; i++) {
      double move = rate * adam.mean(i) / adam.scale(i);
      node[i] -= (float) move;
      squared += move * move;
    }
    return Math.sqrt(squared);
  }
}
