package org.fip.core.manifold;

import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.AnchoredSampler;
import org.fip.core.path.Compensation;
import org.fip.core.path.Constraint;
import org.fip.core.path.GeodesicSampler;
import org.fip.core.path.Itinerary;
import org.fip.core.path.LocalStepsSampler;
import org.fip.core.path.RemovalScore;
import org.fip.core.path.Sampler;
import org.fip.core.path.Schedule;
import org.fip.core.path.Solver;
import org.fip.core.path.SparsityFace;
import org.fip.core.path.Stretch;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;
import org.fip.core.sparsity.Budget;
import org.fip.core.sparsity.Pattern;
import org.fip.core.sparsity.Removal;

/** Short walks of each kind, the same wherever the workers are. */
public enum TinyWalk {
  /** Mini-batches with widened anchors. */
  ANCHORED,
  /** Conjugate gradients and step control. */
  GEODESIC,
  /** The same, each shard solving on its own anchors. */
  GEODESIC_LOCAL,
  /** Two mini-batches between rounds. */
  LOCAL_STEPS,
  /** Weights removed in stages, the others compensating. */
  SPARSE;

  /** Steps between two waypoints. */
  public static final int CHECKPOINT_EVERY = 4;

  private static final int STEPS = 12;
  private static final int STRIDE = 2;
  private static final Network NETWORK = TinyNetwork.network(5);

  /** The data sets that the walk reads. */
  public static Map<String, EncodedExamples> data() {
    return Map.of(
        "task", TinyNetwork.images("task", 4500, 31),
        "anchors", TinyNetwork.images("anchors", 60, 0, 32));
  }

  /** The network that the walk starts from. */
  public static Network network() {
    return NETWORK;
  }

  Waypoint run(Workers workers, WaypointStore store) {
    return run(workers, store, new Walk.Listener() {});
  }

  /** Walks, and closes the workers. */
  public Waypoint run(Workers workers, WaypointStore store, Walk.Listener listener) {
    try (Manifold manifold = new Manifold(workers, NETWORK.weights())) {
      return run(itinerary().on(manifold, listener), store, listener);
    }
  }

  /** Walks with a walker. */
  public Waypoint run(Walker walker, WaypointStore store, Walk.Listener listener) {
    return new Walk(walker, store, settings(), listener).run(NETWORK.weights());
  }

  /** All that decides the walk. */
  public Itinerary itinerary() {
    Constraint constraint = constraint();
    return new Itinerary(manifold -> sampler(manifold, constraint), constraint, settings());
  }

  private Constraint constraint() {
    return this == SPARSE
        ? new SparsityFace(
            new Removal(
                Pattern.parse("unstructured")
                    .orElseThrow()
                    .units(NETWORK.graph(), NETWORK.layout().slots()),
                Budget.GLOBAL),
            new SparsityFace.Settings(
                0,
                0,
                NETWORK.layout().size() / 2,
                3,
                7,
                RemovalScore.diagonal(Metric.FISHER, Batch.all("anchors"), false),
                new Compensation(Metric.EUCLIDEAN, Batch.all("anchors"), 4),
                null))
        : Constraint.NONE;
  }

  private Walk.Settings settings() {
    return new Walk.Settings(
        STEPS,
        CHECKPOINT_EVERY,
        this == LOCAL_STEPS ? STRIDE : 3,
        0,
        Distance.KL,
        Batch.all("anchors"),
        Map.of("task", "task"));
  }

  private Sampler sampler(Manifold manifold, Constraint constraint) {
    Batch anchors = new Batch("anchors", 24, Widening.images(true, 1));
    List<Term> terms =
        List.of(
            Term.task(new Batch("task", 64, Widening.NONE)), Term.drift(Distance.KL, 0.5, anchors));
    Stretch stretch = new Stretch(0, STEPS);
    return switch (this) {
      case ANCHORED, SPARSE ->
          new AnchoredSampler(manifold, constraint, terms, 0.01, Schedule.LINEAR, stretch);
      case LOCAL_STEPS ->
          new LocalStepsSampler(manifold, terms, 0.01, Schedule.LINEAR, stretch, STRIDE);
      case GEODESIC, GEODESIC_LOCAL ->
          new GeodesicSampler(
              manifold,
              constraint,
              terms,
              new GeodesicSampler.Settings(
                  this == GEODESIC ? Solver.EXACT : Solver.LOCAL,
                  Metric.FISHER,
                  anchors,
                  1,
                  4,
                  0.01,
                  Double.POSITIVE_INFINITY,
                  0.05,
                  8),
              Schedule.CONSTANT,
              stretch);
    };
  }
}
