package org.fip.spark.job;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Manifold;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.AnchoredSampler;
import org.fip.core.path.Constraint;
import org.fip.core.path.GeodesicSampler;
import org.fip.core.path.LocalStepsSampler;
import org.fip.core.path.Sampler;
import org.fip.core.path.Schedule;
import org.fip.core.path.Stretch;
import org.fip.spark.recipe.GeodesicSettings;
import org.fip.spark.recipe.PathSettings;

/** Samplers and their terms as recipes ask for them. */
final class Samplers implements Serializable {
  /** Weight of the drift in the algorithm that the method's authors released. */
  private static final double RELEASED_WEIGHT = 1;

  private final org.fip.spark.recipe.Sampler kind;
  private final PathSettings path;

  Samplers(org.fip.spark.recipe.Sampler kind, PathSettings path) {
    this.kind = kind;
    this.path = path;
  }

  /** Whether paths of this kind look at the anchors as they walk. */
  boolean keeps() {
    return kind != org.fip.spark.recipe.Sampler.FINE_TUNING;
  }

  /** A sampler that learns a task. */
  Sampler learning(Manifold manifold, Stretch stretch) {
    Term task = Term.task(new Batch(Sources.TASK, path.batch(), Widening.NONE));
    return beside(manifold, task, stretch);
  }

  /** A sampler that makes a term small beside what it keeps. */
  Sampler beside(Manifold manifold, Term term, Stretch stretch) {
    List<Term> terms = new ArrayList<>(List.of(term));
    if (keeps()) {
      terms.add(anchorTerm());
    }
    return sampler(manifold, Constraint.NONE, terms, stretch);
  }

  /** A sampler that only keeps, inside a constraint. */
  Sampler keeping(Manifold manifold, Constraint constraint, Stretch stretch) {
    return sampler(manifold, constraint, List.of(anchorTerm()), stretch);
  }

  private Term anchorTerm() {
    return switch (kind) {
      case REPLAY -> new Term(CrossEntropy.INSTANCE, Term.Target.LABELS, 1, anchors(Widening.NONE));
      case RELEASED -> Term.drift(Distance.BHATTACHARYYA, RELEASED_WEIGHT, anchors(Widening.NONE));
      default ->
          Term.drift(path.distance(), path.anchorWeight(), anchors(path.widening().widening()));
    };
  }

  private Batch anchors(Widening widening) {
    return new Batch(Sources.ANCHORS, path.anchorBatch(), widening);
  }

  private Sampler sampler(
      Manifold manifold, Constraint constraint, List<Term> terms, Stretch stretch) {
    if (kind == org.fip.spark.recipe.Sampler.GEODESIC) {
      return new GeodesicSampler(
          manifold, constraint, terms, geodesic(path.geodesic()), path.schedule(), stretch);
    }
    Schedule schedule =
        kind == org.fip.spark.recipe.Sampler.RELEASED ? Schedule.CONSTANT : path.schedule();
    if (path.localSteps() > 1) {
      return new LocalStepsSampler(
          manifold, terms, path.learningRate(), schedule, stretch, path.localSteps());
    }
    return new AnchoredSampler(manifold, constraint, terms, path.learningRate(), schedule, stretch);
  }

  private GeodesicSampler.Settings geodesic(GeodesicSettings settings) {
    return new GeodesicSampler.Settings(
        settings.solver(),
        settings.metric(),
        anchors(path.widening().widening()),
        path.anchorWeight(),
        settings.iterations(),
        settings.outputBudget(),
        settings.weightBudget() == null ? Double.POSITIVE_INFINITY : settings.weightBudget(),
        path.learningRate(),
        settings.maxRejections());
  }
}
