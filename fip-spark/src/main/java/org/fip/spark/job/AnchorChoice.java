package org.fip.spark.job;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.fip.core.anchors.Anchors;
import org.fip.core.anchors.Choice;
import org.fip.core.anchors.Ranking;
import org.fip.core.anchors.TangentFeatures;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.ShardData;
import org.fip.core.network.NetworkDefinition;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.AnchorSettings;
import org.fip.spark.recipe.Recipe;

/**
 * Chooses what is kept as anchors, as a recipe says. Labels balance the classes while it chooses
 * and are left out of the memory, unless the sampler learns from the anchors' labels.
 */
final class AnchorChoice {
  private static final String CANDIDATES = "candidates";

  /** Random directions that the network's linear part is looked at along. */
  private static final int PROBES = 16;

  private final JobContext context;
  private final Recipe recipe;
  private final AnchorSettings settings;
  private final boolean labelled;

  AnchorChoice(JobContext context, Recipe recipe, boolean labelled) {
    this.context = context;
    this.recipe = recipe;
    this.settings = recipe.anchors();
    this.labelled = labelled;
  }

  /** The memory before anything is learned: the anchors of the recipe. */
  Anchors first(EncodedExamples keep) {
    int[] classes = keep.labels().length == 0 ? new int[keep.size()] : keep.labels();
    return limited(new Anchors(stored(keep), Ranking.random(classes, recipe.seed())));
  }

  /**
   * The memory once a task is learned; what it has already does not come in again.
   *
   * @param memory what was kept before; empty when nothing was
   * @param weights of the network that has learned it
   */
  Anchors after(
      Optional<Anchors> memory, EncodedExamples task, NetworkDefinition network, float[] weights) {
    EncodedExamples examples = memory.map(before -> before.missing(task)).orElse(task);
    if (examples.size() == 0) {
      return memory.orElseThrow();
    }
    int[] ranks;
    if (settings.choose() == Choice.RANDOM) {
      ranks = Ranking.random(examples.labels(), recipe.seed());
    } else {
      examples = candidates(examples);
      ranks =
          Ranking.of(settings.choose(), features(examples, network, weights), examples.labels());
    }
    Anchors ranked = new Anchors(stored(examples), ranks);
    Anchors learned = ranked.select(chosen(examples.labels(), ranks));
    return limited(memory.map(before -> before.and(learned)).orElse(learned));
  }

  private int[] chosen(int[] labels, int[] ranks) {
    return settings.perClass() == null
        ? Rows.dealt(labels, ranks, perTask(labels), recipe.seed())
        : IntStream.range(0, ranks.length).filter(i -> ranks[i] < settings.perClass()).toArray();
  }

  /** The most that can be kept of a task with these labels. */
  private int perTask(int[] labels) {
    if (settings.perClass() != null) {
      return settings.perClass() * (int) Arrays.stream(labels).distinct().count();
    }
    return settings.perTask() == null ? settings.total() : settings.perTask();
  }

  private EncodedExamples candidates(EncodedExamples task) {
    int wanted = Math.max(settings.candidates(), perTask(task.labels()));
    int[] all = IntStream.range(0, task.size()).toArray();
    return task.select(
        Rows.balanced(
            task.labels(), all, Math.min(ShardData.REPLICATED_ROWS, wanted), recipe.seed()));
  }

  private float[][] features(EncodedExamples examples, NetworkDefinition network, float[] weights) {
    WorkersSettings workers =
        new WorkersSettings(recipe.seed(), recipe.path().shards(), recipe.path().memoryBytes());
    try (Manifold manifold =
            new Manifold(
                context.workers().open(network, workers, Map.of(CANDIDATES, examples)), weights);
        Point point = manifold.at(weights)) {
      return TangentFeatures.at(
          point, CANDIDATES, examples.size(), weights.length, PROBES, recipe.seed());
    }
  }

  private Anchors limited(Anchors anchors) {
    return settings.total() == null ? anchors : anchors.limited(settings.total());
  }

  private EncodedExamples stored(EncodedExamples examples) {
    return labelled ? examples : examples.withoutLabels();
  }
}
