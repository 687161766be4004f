package org.fip.spark.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.RobustnessProbe;
import org.fip.core.network.Network;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.Constraint;
import org.fip.core.path.Stretch;
import org.fip.core.path.Walk;
import org.fip.core.path.Waypoint;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.RobustifySettings;
import org.fip.spark.recipe.RobustifySettings.Loss;
import org.fip.spark.store.StoreLock;

/**
 * A path to robustness: on perturbed anchors the loss falls, on the anchors as they are the drift
 * is held. Both are taken on the same images.
 */
public final class RobustifyJob {
  private static final String ATTACKED = "attacked.";

  private final JobContext context;
  private final Recipe recipe;
  private final RobustifySettings settings;
  private final Sources sources;

  /** A job for a recipe of the command {@code robustify}. */
  public RobustifyJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    settings = recipe.robustify();
    sources = new Sources(context, Command.ROBUSTIFY);
  }

  /** Walks the path, or goes on where an interrupted walk stopped. */
  public RobustifyResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Network start = Networks.start(recipe, context.hadoop());
    Networks.requireImages(start);
    EncodedExamples anchors = sources.readAll(recipe.keep());
    if (settings.loss() == Loss.CROSS_ENTROPY) {
      Networks.requireLabels(anchors, "set robustify.loss to distance, which needs none");
      anchors.checkLabels(start.classes(), "keep");
    }
    sources.readEvaluations(recipe.evaluate(), start.classes());
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      return walk(
          StoredPath.open(context, output, recipe, start, sources.provenance(), lock), anchors);
    }
  }

  private RobustifyResult walk(StoredPath path, EncodedExamples anchors) {
    Map<String, EncodedExamples> data = new LinkedHashMap<>(Map.of(Sources.ANCHORS, anchors));
    Map<String, RobustnessProbe> attacks = attacks(data);
    Stretch stretch = new Stretch(0, recipe.path().walkSteps());
    Samplers samplers =
        new Samplers(recipe.path().sampler(), recipe.path(), path.start(), recipe.seed());
    Constraint face = samplers.face(path.start());
    Term term = term();
    Waypoint last =
        new PathWalk(context, recipe, path, sources, attacks)
            .walk(
                "robustify",
                stretch,
                data,
                path.start().weights(),
                face,
                manifold -> samplers.beside(new Stage(manifold, face, stretch, 1), term));
    path.writeFinal(last);
    List<String> sets = new ArrayList<>();
    for (String set : recipe.evaluate().keySet()) {
      sets.addAll(List.of(set, set + Walk.ASCENT, set + Walk.ROBUST));
    }
    return new RobustifyResult(
        path.report(last, new java.util.LinkedHashSet<>(sets)),
        sets,
        settings,
        path.store().describe().waypoints());
  }

  private Term term() {
    PathSettings path = recipe.path();
    Batch batch = new Batch(Sources.ANCHORS, path.batch(), Widening.NONE);
    Attack attack = settings.attack().attack();
    return settings.loss() == Loss.CROSS_ENTROPY
        ? new Term(CrossEntropy.INSTANCE, Term.Target.LABELS, settings.weight(), batch, attack)
        : new Term(path.distance(), Term.Target.REFERENCE, settings.weight(), batch, attack);
  }

  /** Tests on a sample of each evaluation set, which is added to the data. */
  private Map<String, RobustnessProbe> attacks(Map<String, EncodedExamples> data) {
    Map<String, RobustnessProbe> attacks = new LinkedHashMap<>();
    Attack attack = settings.test().attack(settings.attack());
    recipe
        .evaluate()
        .forEach(
            (name, selector) -> {
              data.put(
                  ATTACKED + name,
                  Sources.sample(sources.read(selector), settings.test().limit(), recipe.seed()));
              attacks.put(
                  name,
                  new RobustnessProbe(
                      ATTACKED + name,
                      attack,
                      settings.test().adaptiveSteps(),
                      settings.test().queries()));
            });
    return attacks;
  }
}
