package org.fip.core.path;

import java.util.BitSet;
import java.util.List;
import org.fip.core.FipException;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Gradient;
import org.fip.core.manifold.LocalDirection;
import org.fip.core.manifold.LocalSystem;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Trial;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.solver.ConjugateGradients;

/**
 * Steps that solve (mu G + P / eta) theta = -(grad L + mu grad D), by conjugate gradients on the
 * exact metric: the closed form of the paper's quadratic programme (arXiv 2205.00334) with Adam's
 * second moment as the preconditioner P and the drift's gradient beside it.
 *
 * <p>Step control is that of an adaptive integrator. A step is shortened to its output budget,
 * theta of theta^T G theta; then the displacement of the outputs is measured. Where it exceeds both
 * the budget and the prediction by a factor, the metric has changed too much along the step: the
 * step is rejected, halved and measured again, and eta shrinks; after steps that went as predicted
 * eta grows back. Rounds a step: one gradient, one for each conjugate-gradient iteration, one for
 * each trial, which brings no vector back.
 *
 * <p>With {@link Solver#LOCAL}, each shard solves the system with the metric of its own anchors and
 * the solutions are averaged (GIANT, Wang et al. 2018, arXiv 1709.03528): one round for the
 * direction, whatever the number of iterations. The first trial of a step also takes the gradient
 * that the next one begins with, so that a step is two rounds. What the metric of all anchors
 * predicts of the mean direction is known from the trial only, so a step may be shortened to its
 * budget after it, at the cost of another trial and of that gradient, as after a rejection.
 */
public final class GeodesicSampler implements Sampler {
  private static final String TRUST = "geodesic.trust";
  private static final String REJECTED = "geodesic.rejected";

  /** Measured over predicted displacement above which a step is rejected. */
  private static final double REJECT_ABOVE = 3;

  /** Measured over predicted displacement within which eta grows back. */
  private static final double GROW_BELOW = 1.5;

  /**
   * Share by which a prediction may exceed the budget: rounding, once a step is shortened to it.
   */
  private static final double BUDGET_SLACK = 1.01;

  /** Relative residual at which a solution is good enough. */
  private static final double TOLERANCE = 1e-3;

  /**
   * Settings of the sampler.
   *
   * @param solver who solves the system
   * @param metric the metric of output space
   * @param anchors the batch that G is taken over, drawn anew at each step
   * @param anchorWeight mu
   * @param iterations conjugate-gradient iterations a step
   * @param outputBudget largest predicted mean squared output displacement of a step
   * @param weightBudget largest Euclidean length of a step; infinite for none
   * @param learningRate eta
   * @param maxRejections rejected trials after which a path gives up
   */
  public record Settings(
      Solver solver,
      Metric metric,
      Batch anchors,
      double anchorWeight,
      int iterations,
      double outputBudget,
      double weightBudget,
      double learningRate,
      int maxRejections) {}

  /**
   * What parts of a step cost as a share of a gradient over the same examples, which is three
   * forward passes: recording a point one, a product with G there four (two each for J and for its
   * transpose), a displacement two, and a trial that also asks for the form of G there four.
   */
  private static final double RECORDING = 1.0 / 3;

  private static final double PRODUCT = 4.0 / 3;
  private static final double DISPLACEMENT = 2.0 / 3;
  private static final double TRIAL_WITH_FORM = 4.0 / 3;

  /**
   * What a step costs in gradients of its batches, where no step is rejected and the solver takes
   * all its iterations.
   *
   * @param anchorShare share of the anchors among the examples of a step
   */
  public static double gradients(Solver solver, int iterations, double anchorShare) {
    return 1 + anchorShare * (RECORDING + iterations * PRODUCT + trialCost(solver));
  }

  private static double trialCost(Solver solver) {
    return solver == Solver.LOCAL ? TRIAL_WITH_FORM : DISPLACEMENT;
  }

  private final Manifold manifold;
  private final Constraint constraint;
  private final List<Term> terms;
  private final double anchorShare;
  private final Settings settings;
  private final Schedule schedule;
  private final Stretch stretch;
  private Ahead ahead;

  /** A gradient that was taken with a trial: of what step, and where. */
  private record Ahead(Point point, long step, Gradient gradient) {}

  /** A sampler for a stretch of a path; {@code terms} are L and mu D. */
  public GeodesicSampler(
      Manifold manifold,
      Constraint constraint,
      List<Term> terms,
      Settings settings,
      Schedule schedule,
      Stretch stretch) {
    this.manifold = manifold;
    this.constraint = constraint;
    this.terms = List.copyOf(terms);
    int examples = terms.stream().mapToInt(term -> term.batch().size()).sum();
    anchorShare = examples == 0 ? 1 : (double) settings.anchors().size() / examples;
    this.settings = settings;
    this.schedule = schedule;
    this.stretch = stretch;
  }

  /** A gradient, the solution, and one trial, which of local solutions takes the gradient. */
  @Override
  public int rounds() {
    return settings.solver() == Solver.LOCAL ? 2 : 2 + settings.iterations();
  }

  @Override
  public Step step(Point here, PathState state) {
    long step = state.step();
    Gradient gradient = gradient(here, state);
    AnchoredSampler.requireFinite(gradient.vector(), step);
    constraint.restrict(gradient.vector(), state);
    Adam adam = Adam.update(state, gradient.vector(), stretch.first());
    double trust = state.scalar(TRUST, 1);
    double eta = settings.learningRate() * schedule.factor(stretch, step) * trust;
    float[] theta = new float[state.weights().length];
    double predicted = solve(here, state, adam, eta, theta);
    predicted *= shorten(theta, predicted);
    float[] start = state.weights().clone();
    int rejections = 0;
    while (rejections <= settings.maxRejections()) {
      System.arraycopy(start, 0, state.weights(), 0, start.length);
      Vector.add(state.weights(), 1, theta);
      Point there = manifold.at(state.weights());
      Trial trial = trial(here, there, state, predicted, rejections == 0);
      predicted = trial.predicted();
      if (predicted > BUDGET_SLACK * settings.outputBudget()) {
        there.close();
        predicted *= shorten(theta, predicted);
        continue;
      }
      double measured = trial.measured();
      boolean asPredicted = measured <= Math.max(REJECT_ABOVE * predicted, settings.outputBudget());
      if (asPredicted) {
        boolean grows = measured <= Math.max(GROW_BELOW * predicted, settings.outputBudget() / 2);
        state.setScalar(TRUST, grows ? Math.min(1, trust * 1.25) : trust);
        return new Step(there, gradient.values()[0], Vector.norm(theta));
      }
      there.close();
      trust /= 2;
      Vector.scale(theta, 0.5);
      predicted /= 4;
      rejections++;
      state.setScalar(TRUST, trust);
      state.setScalar(REJECTED, state.scalar(REJECTED, 0) + 1);
    }
    throw FipException.data(
        "step %d: %d trials in a row moved the outputs further than predicted; lower"
            + " path.learningRate or path.geodesic.outputBudget",
        step, settings.maxRejections() + 1);
  }

  /** The gradient at a point, which the step before may have taken. */
  private Gradient gradient(Point here, PathState state) {
    Ahead known = ahead;
    ahead = null;
    if (known != null && known.point == here && known.step == state.step()) {
      return known.gradient;
    }
    Costs.addGradients(state, 1);
    return here.gradient(terms, state.step());
  }

  private Trial trial(Point here, Point there, PathState state, double predicted, boolean isFirst) {
    Metric metric = settings.metric();
    long step = state.step();
    Costs.addGradients(state, anchorShare * trialCost(settings.solver()));
    if (settings.solver() != Solver.LOCAL) {
      return new Trial(there.displacementFrom(here, metric, settings.anchors(), step), predicted);
    }
    if (!isFirst || step + 1 >= stretch.last()) {
      return there.trialFrom(here, metric, settings.anchors(), step);
    }
    Costs.addGradients(state, 1);
    Trial.WithGradient both = there.trialAndGradient(here, metric, settings.anchors(), step, terms);
    ahead = new Ahead(there, step + 1, both.gradient());
    return both.trial();
  }

  /**
   * Fills in theta and returns theta^T G theta, which the solver's residual gives for free; of
   * local solutions the mean of theirs.
   */
  private double solve(Point here, PathState state, Adam adam, double eta, float[] theta) {
    int n = theta.length;
    float[] diagonal = new float[n];
    float[] b = new float[n];
    for (int i = 0; i < n; i++) {
      diagonal[i] = (float) (adam.scale(i) / eta);
      b[i] = -adam.mean(i);
    }
    constraint.restrict(b, state);
    BitSet unmoved = unmoved(adam, n);
    if (settings.solver() == Solver.LOCAL) {
      unmoved.stream().forEach(i -> diagonal[i] = 0);
      constraint.restrict(diagonal, state);
      LocalDirection direction = here.solveLocally(system(state.step(), b, diagonal));
      addProducts(state, settings.iterations());
      System.arraycopy(direction.vector(), 0, theta, 0, n);
      return direction.predicted();
    }
    ConjugateGradients.Solution<float[]> solution =
        ConjugateGradients.solve(
            HostVectors.INSTANCE,
            p -> product(here, state, unmoved, diagonal, p),
            diagonal,
            b,
            settings.iterations(),
            TOLERANCE);
    addProducts(state, solution.iterations());
    System.arraycopy(solution.x(), 0, theta, 0, n);
    double quadratic = 0;
    for (int i = 0; i < n; i++) {
      double metricPart = (double) b[i] - solution.residual()[i] - (double) diagonal[i] * theta[i];
      quadratic += metricPart * theta[i];
    }
    return Math.max(0, quadratic / settings.anchorWeight());
  }

  private void addProducts(PathState state, int products) {
    Costs.addGradients(state, anchorShare * (RECORDING + products * PRODUCT));
  }

  private LocalSystem system(long step, float[] b, float[] diagonal) {
    return new LocalSystem(
        settings.metric(),
        settings.anchors(),
        step,
        settings.anchorWeight(),
        b,
        diagonal,
        settings.iterations(),
        TOLERANCE);
  }

  /**
   * Weights that no gradient has ever moved. By the Fisher metric, in which outputs are coupled,
   * the rows of outputs that no task has had yet would move with the others; in the Euclidean one
   * they stay anyway.
   */
  private BitSet unmoved(Adam adam, int n) {
    BitSet unmoved = new BitSet();
    for (int i = 0; settings.metric() == Metric.FISHER && i < n; i++) {
      unmoved.set(i, adam.isUnmoved(i));
    }
    return unmoved;
  }

  private float[] product(
      Point here, PathState state, BitSet unmoved, float[] diagonal, float[] p) {
    float[] product = here.metricProduct(settings.metric(), settings.anchors(), state.step(), p);
    for (int i = 0; i < p.length; i++) {
      product[i] = (float) (settings.anchorWeight() * product[i] + diagonal[i] * p[i]);
    }
    unmoved.stream().forEach(i -> product[i] = 0);
    constraint.restrict(product, state);
    return product;
  }

  /** Shortens theta to the budgets and returns the factor of its squared lengths. */
  private double shorten(float[] theta, double predicted) {
    double length = Vector.norm(theta);
    double factor = 1;
    if (predicted > settings.outputBudget()) {
      factor = Math.sqrt(settings.outputBudget() / predicted);
    }
    if (length * factor > settings.weightBudget()) {
      factor = settings.weightBudget() / length;
    }
    if (factor < 1) {
      Vector.scale(theta, factor);
    }
    return factor * factor;
  }
}
