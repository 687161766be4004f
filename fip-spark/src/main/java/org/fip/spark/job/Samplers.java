package org.fip.spark.job;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Manifold;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.TensorSelection;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.LogitAdjustment;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.AnchoredSampler;
import org.fip.core.path.ChosenWeight;
import org.fip.core.path.Constraint;
import org.fip.core.path.ElasticPenalty;
import org.fip.core.path.GeodesicSampler;
import org.fip.core.path.LocalStepsSampler;
import org.fip.core.path.LowRankSampler;
import org.fip.core.path.Penalty;
import org.fip.core.path.Sampler;
import org.fip.core.path.Schedule;
import org.fip.core.path.StepSizes;
import org.fip.core.path.Stretch;
import org.fip.core.path.Tolerance;
import org.fip.core.path.ZeroFace;
import org.fip.spark.recipe.GeodesicSettings;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.SamplerKind;

/** Samplers and their terms as recipes ask for them. */
final class Samplers implements Serializable {
  /** Weight of the drift in the algorithm that the method's authors released. */
  private static final double RELEASED_WEIGHT = 1;

  /** A relative drift of 1 is this part of the spread. */
  private static final double RELATIVE_UNIT = 0.01;

  /** A reference that says less holds as one with this spread. */
  private static final double LEAST_SPREAD = 50;

  /** The same of networks that read texts, whose anchors also hold words of the task. */
  private static final double LEAST_SPREAD_OF_TEXTS = 200;

  private final SamplerKind kind;
  private final PathSettings path;
  private final int classes;
  private final int rank;
  private final double leastSpread;
  private final List<WeightLayout.Slot> slots;
  private final Set<String> head;
  private final long seed;
  private final StepSizes sizes;

  /**
   * Samplers for a path.
   *
   * @param network the network that is walked
   * @param seed of the run
   */
  Samplers(SamplerKind kind, PathSettings path, Network network, long seed) {
    this.kind = kind;
    this.path = path;
    classes = network.classes();
    boolean texts = network.graph().readsTexts();
    rank = path.rank(texts);
    leastSpread = texts ? LEAST_SPREAD_OF_TEXTS : LEAST_SPREAD;
    slots = List.copyOf(network.layout().slots());
    head = Set.copyOf(network.graph().head());
    this.seed = seed;
    sizes = sizes(network);
  }

  /** How far a step moves the tensors of a path that starts at this network. */
  StepSizes sizes(Network start) {
    return path.relativeRate()
        ? StepSizes.relative(start.layout().slots(), start.weights())
        : StepSizes.EQUAL;
  }

  /** What a path that learns stays in, as it leaves this network. */
  Constraint face(Network start) {
    return path.withinSparsity() ? new ZeroFace(start) : Constraint.NONE;
  }

  /** A sampler that learns a task. */
  Sampler learning(Stage stage) {
    Batch examples = new Batch(Sources.TASK, path.batch(), path.augmentation().widening());
    Term task = Term.task(examples).adjusting(adjustment(stage));
    return path.anchorWeight().auto()
            && stage.weight() == null
            && kind == SamplerKind.ANCHORED
            && stage.kept() > 0
        ? choosing(stage, task)
        : beside(stage, task);
  }

  /** The weight of the drift, in its unit, for all kept tasks together. */
  private double weight(Stage stage) {
    return stage.weight() == null ? stage.kept() * path.anchorWeight().value() : stage.weight();
  }

  /** How much less the classes count that are kept while others are learned. */
  private LogitAdjustment adjustment(Stage stage) {
    return stage.kept() > 0 && hasDrift()
        ? stage.heads().frequencies().times(path.logitAdjustment())
        : LogitAdjustment.NONE;
  }

  /** A sampler that makes a term small beside what it keeps. */
  Sampler beside(Stage stage, Term term) {
    boolean keeps = stage.kept() > 0;
    List<Term> terms = new ArrayList<>(List.of(term));
    double weight = keeps && hasDrift() ? weight(stage) * perUnit(stage) : 0;
    if (keeps && kind.replays()) {
      terms.addAll(anchorTerms(weight, stage.heads(), term.batch().data()));
    }
    Penalty penalty =
        keeps && kind == SamplerKind.EWC
            ? new ElasticPenalty(path.ewc().lambda(), Sources.LEARNED, stage.stretch())
            : Penalty.NONE;
    return sampler(stage, penalty, terms, weight);
  }

  /**
   * A sampler that keeps.
   *
   * @param labels whether it also descends the cross-entropy with the anchors' labels
   */
  Sampler keeping(Stage stage, Penalty penalty, boolean labels) {
    List<Term> terms = new ArrayList<>();
    if (labels || stage.kept() == 0) {
      Widening labelled =
          new Widening(false, path.widening().shift(), path.widening().flip(), Widening.Texts.NONE);
      terms.add(Term.task(anchors(labelled)));
    }
    double weight = path.anchorWeight().value();
    if (stage.kept() > 0) {
      terms.addAll(anchorTerms(weight, TaskHeads.Division.ONE, Sources.ANCHORS));
    }
    return sampler(stage, penalty, terms, weight);
  }

  /** A sampler that first chooses the weight of the drift. */
  private Sampler choosing(Stage stage, Term task) {
    int stride = path.localSteps();
    ChosenWeight.Settings settings =
        new ChosenWeight.Settings(
            path.auto().weights(),
            path.auto().probeSteps((int) stage.stretch().steps(), stride),
            Sources.TASK_HELD_OUT,
            Batch.all(Sources.ANCHORS_HELD_OUT),
            stage.heads().exempt(),
            stage.kept());
    double perUnit = perUnit(stage);
    return new ChosenWeight(
        (weight, part) -> {
          List<Term> terms = new ArrayList<>(List.of(task));
          terms.addAll(drift(weight * perUnit, stage.heads(), Sources.TASK));
          return sampler(stage.on(part), Penalty.NONE, terms, weight * perUnit);
        },
        settings,
        stage.stretch());
  }

  /**
   * What holds the outputs on the anchors.
   *
   * @param weight of the drift, for samplers that have the recipe's
   * @param heads which outputs the drift leaves free
   * @param substitutes the data set whose tokens may come into the anchors' texts
   */
  List<Term> anchorTerms(double weight, TaskHeads.Division heads, String substitutes) {
    Batch stored = anchors(path.augmentation().widening());
    return switch (kind) {
      case REPLAY -> List.of(labels(1, stored));
      case RELEASED ->
          List.of(
              Term.drift(Distance.BHATTACHARYYA, RELEASED_WEIGHT, anchors(Widening.NONE))
                  .exempting(heads.exempt()));
      case DER_PLUS_PLUS -> {
        // The mean over the outputs of the squared distance is 2 / C of half the squared distance.
        double alpha = 2 * path.der().alpha() / classes;
        yield List.of(
            new Term(Distance.SQUARED_LOGITS, Term.Target.STORED, alpha, stored),
            labels(path.der().beta(), stored));
      }
      default -> drift(weight, heads, substitutes);
    };
  }

  /**
   * The drift on anchors, a part of which may be the task's own examples: what the network says of
   * them in the outputs of other classes is to stay, too (Li and Hoiem 2016, arXiv 1606.09282).
   * Hidden layers are compared beside all outputs.
   */
  private List<Term> drift(double weight, TaskHeads.Division heads, String substitutes) {
    Widening widening = path.widening().widening(substitutes);
    if (path.hiddenWeight() > 0) {
      if (!heads.exempt().isEmpty() && path.distance() != Distance.SQUARED_LOGITS) {
        throw FipException.data(
            "path.hiddenWeight compares all outputs, and those of tasks to come would learn from"
                + " what path.distance says of them; set path.distance to squared-logits, or"
                + " path.hiddenWeight to 0");
      }
      return List.of(Term.drift(path.distance(), weight, anchors(widening), path.hiddenWeight()));
    }
    int all = path.anchorBatch();
    boolean isFree = heads.learned().size() == classes;
    int own = isFree ? 0 : Math.min(all - 1, (int) Math.round(path.taskAnchors() * all));
    List<Term> terms = new ArrayList<>();
    if (own > 0) {
      Batch task = new Batch(Sources.TASK, own, widening);
      terms.add(Term.drift(path.distance(), weight * own / all, task).exempting(heads.learned()));
    }
    Batch anchors = new Batch(Sources.ANCHORS, all - own, widening);
    terms.add(
        Term.drift(path.distance(), weight * (all - own) / all, anchors).exempting(heads.exempt()));
    return terms;
  }

  /**
   * One over the unit of the drift, which is taken from what the reference says of anchors; a round
   * for samplers that have a drift of the recipe's weight, and none for the others.
   */
  private double perUnit(Stage stage) {
    if (!hasDrift() || !path.relativeWeight() || path.distance() != Distance.SQUARED_LOGITS) {
      return 1;
    }
    Batch probe = Batch.of(Sources.ANCHORS, PathWalk.PROBE);
    double spread = stage.manifold().referenceSpread(probe, stage.stretch().first());
    return 1 / (RELATIVE_UNIT * Math.max(leastSpread, spread));
  }

  /** Whether the sampler has a drift of the recipe's weight. */
  private boolean hasDrift() {
    return kind == SamplerKind.ANCHORED || kind == SamplerKind.GEODESIC;
  }

  private static Term labels(double weight, Batch batch) {
    return new Term(CrossEntropy.INSTANCE, Term.Target.LABELS, weight, batch);
  }

  private Batch anchors(Widening widening) {
    return new Batch(Sources.ANCHORS, path.anchorBatch(), widening);
  }

  /** Which tensors low-rank changes are of, beside the head. */
  private Predicate<Parameter> matrices() {
    TensorSelection named = TensorSelection.of(path.lowRank().include(), List.of());
    return parameter ->
        named.moves(parameter.name())
            && switch (parameter.role()) {
              case WEIGHT, EMBEDDING -> true;
              case OFFSET, CONSTANT -> false;
            };
  }

  /**
   * A sampler of the recipe's kind.
   *
   * @param weight of the drift; {@code geodesic} asks for it
   */
  private Sampler sampler(Stage stage, Penalty penalty, List<Term> terms, double weight) {
    Manifold manifold = stage.manifold();
    Constraint constraint = stage.constraint();
    Stretch stretch = stage.stretch();
    boolean keeps = stage.kept() > 0;
    if (kind == SamplerKind.GEODESIC && keeps) {
      return new GeodesicSampler(
          manifold,
          constraint,
          terms,
          geodesic(terms.get(0), path.geodesic(), weight),
          path.schedule(),
          stretch);
    }
    Schedule schedule = kind == SamplerKind.RELEASED ? Schedule.CONSTANT : path.schedule();
    boolean follows = path.keepWithin() != null && keeps && kind == SamplerKind.ANCHORED;
    Tolerance tolerance =
        follows ? new Tolerance(path.keepWithin(), terms.size() - 1, stretch) : null;
    if (rank > 0) {
      return new LowRankSampler(
          manifold,
          penalty,
          terms,
          tolerance,
          path.lowRank().learningRate(),
          schedule,
          stretch,
          slots,
          head,
          matrices(),
          rank,
          seed);
    }
    if (path.localSteps() > 1) {
      return new LocalStepsSampler(
          manifold, terms, path.learningRate(), schedule, stretch, path.localSteps());
    }
    return new AnchoredSampler(
        manifold,
        constraint,
        penalty,
        terms,
        tolerance,
        path.learningRate(),
        sizes,
        schedule,
        stretch);
  }

  private GeodesicSampler.Settings geodesic(
      Term objective, GeodesicSettings settings, double weight) {
    return new GeodesicSampler.Settings(
        settings.solver(),
        settings.metric(),
        anchors(path.widening().widening(objective.batch().data())),
        weight,
        settings.iterations(),
        settings.outputBudget(),
        settings.weightBudget() == null ? Double.POSITIVE_INFINITY : settings.weightBudget(),
        path.learningRate(),
        settings.maxRejections());
  }
}
