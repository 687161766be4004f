package org.fip.spark.job;

import java.util.List;
import java.util.regex.Pattern;
import org.fip.core.FipException;
import org.fip.core.geometry.Metric;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.fip.core.path.Compensation;
import org.fip.core.path.FacePenalty;
import org.fip.core.path.Penalty;
import org.fip.core.path.RemovalScore;
import org.fip.core.path.Renormalization;
import org.fip.core.path.SparsityFace;
import org.fip.core.path.Stretch;
import org.fip.core.sparsity.Removal;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;
import org.fip.spark.recipe.SparsitySettings;

/** What of a network may become zero, how much of it has to, and in which order it does. */
final class SparsityPlan {
  /** Anchors that the metric of a compensation is taken over, and its iterations. */
  private static final int COMPENSATION_BATCH = 2000;

  private static final int COMPENSATION_ITERATIONS = 20;

  /** Anchors that channels of batch normalisations are compared on. */
  private static final int RENORMALIZATION_BATCH = 256;

  private final SparsitySettings settings;
  private final int anchors;
  private final List<Slot> counted;
  private final long size;
  private final Removal removal;
  private final int most;
  private final Renormalization renormalization;

  /**
   * A plan for a network, checked against what its recipe asks for.
   *
   * @param anchors how many there are
   * @throws FipException with category DATA when the target cannot be reached
   */
  SparsityPlan(Recipe recipe, Network network, int anchors) {
    settings = recipe.sparsity();
    this.anchors = anchors;
    counted = counted(network, settings.exclude());
    size = counted.stream().mapToLong(slot -> slot.parameter().size()).sum();
    removal = new Removal(settings.shape().units(network.graph(), counted), settings.budget());
    most = removal.most(network.layout().size());
    renormalization =
        Renormalization.of(
            network,
            new Batch(
                Sources.ANCHORS,
                Math.min(RENORMALIZATION_BATCH, anchors),
                recipe.path().widening().widening(Sources.ANCHORS)));
    check();
  }

  private static List<Slot> counted(Network network, List<String> exclude) {
    List<Pattern> excluded = exclude.stream().map(Pattern::compile).toList();
    return network.layout().slots().stream()
        .filter(slot -> slot.parameter().role() != Parameter.Role.EMBEDDING)
        .filter(
            slot -> excluded.stream().noneMatch(p -> p.matcher(slot.parameter().name()).matches()))
        .toList();
  }

  private void check() {
    if (settings.renormalize() && renormalization.layers().isEmpty()) {
      throw FipException.data(
          "sparsity.renormalize is true; the network has no batch normalisation whose scales and"
              + " offsets move: set it to false");
    }
    if (most == 0) {
      throw FipException.data(
          "sparsity.pattern %s finds nothing to remove in the tensors that sparsity.exclude and"
              + " path.tensors leave",
          settings.pattern());
    }
    if (settings.shape().share().isEmpty() && goal(settings.target()) > most) {
      throw FipException.data(
          "sparsity.target is %s; the pattern %s can remove at most %.4f of the %d weights that"
              + " sparsity.exclude leaves",
          settings.target(), settings.pattern(), (double) most / size, size);
    }
  }

  /** The tensors that the target is a share of. */
  List<Slot> counted() {
    return counted;
  }

  /** Elements of all of them. */
  long size() {
    return size;
  }

  /** How many weights are removed at a target. */
  int goal(double target) {
    return settings.shape().share().isPresent() ? most : (int) Math.ceil(target * size);
  }

  /** The weights with the smallest of them removed at once, by magnitude. */
  float[] atOnce(float[] weights, double target) {
    float[] scores = weights.clone();
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= scores[i];
    }
    float[] removed = new float[weights.length];
    removal.remove(scores, removed, goal(target));
    float[] kept = weights.clone();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = removed[i] == 0 ? kept[i] : 0;
    }
    return kept;
  }

  /**
   * The face that a stretch of a path stays in. Baselines remove by magnitude at once: fine-tuning
   * before its first step, the released algorithm, which moves towards the face, before its last.
   *
   * @param from the target before, or 0
   */
  SparsityFace face(SamplerKind kind, Stretch stretch, double from, double target) {
    long first = kind == SamplerKind.RELEASED ? stretch.last() - 1 : stretch.first();
    boolean gradual = !kind.removesAtOnce();
    return new SparsityFace(
        removal,
        new SparsityFace.Settings(
            first,
            from == 0 ? 0 : goal(from),
            goal(target),
            gradual ? settings.stages() : 1,
            gradual ? Math.max(1, Math.round(settings.rampFraction() * stretch.steps())) : 1,
            gradual ? score() : RemovalScore.MAGNITUDE,
            gradual && settings.compensate() ? compensation() : null,
            gradual && settings.renormalize() ? renormalization : null));
  }

  /** What draws a path towards the face beside its terms: the released algorithm's distance. */
  Penalty penalty(SamplerKind kind, double target) {
    return kind == SamplerKind.RELEASED ? new FacePenalty(removal, goal(target)) : Penalty.NONE;
  }

  private RemovalScore score() {
    return switch (settings.score()) {
      case MAGNITUDE -> RemovalScore.MAGNITUDE;
      case DIAGONAL -> diagonal(false);
      case EXACT_DIAGONAL -> diagonal(true);
    };
  }

  private RemovalScore diagonal(boolean exact) {
    return RemovalScore.diagonal(Metric.EUCLIDEAN, batch(settings.scoreExamples()), exact);
  }

  private Compensation compensation() {
    return new Compensation(Metric.EUCLIDEAN, batch(COMPENSATION_BATCH), COMPENSATION_ITERATIONS);
  }

  private Batch batch(int most) {
    return new Batch(Sources.ANCHORS, Math.min(most, anchors), Widening.NONE);
  }
}
