package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.EnsembleEvaluation;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.Constraint;
import org.fip.core.path.DiverseSampler;
import org.fip.core.path.Schedule;
import org.fip.core.path.Stretch;
import org.fip.core.path.Waypoint;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.DiversifySettings;
import org.fip.spark.recipe.DiversifySettings.Difference;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.StoreLock;

/**
 * Paths from one network to many, one after the other, each away from those before it and in a
 * store of its own; then what the ensemble of their ends can do.
 */
public final class DiversifyJob {
  private static final String ATTACKED = "attacked.";

  private final JobContext context;
  private final Recipe recipe;
  private final DiversifySettings settings;
  private final Sources sources;

  /** A job for a recipe of the command {@code diversify}. */
  public DiversifyJob(JobContext context, Recipe recipe) {
    this.context = context;
    this.recipe = recipe;
    settings = recipe.diversify();
    sources = new Sources(context, Command.DIVERSIFY);
  }

  /** Walks the paths, or what of them is missing, and tests the ensemble. */
  public DiversifyResult run() {
    Path output = RecipePaths.resolve("output", recipe.output(), context.hadoop());
    Network start = Networks.start(recipe, context.hadoop());
    Networks.requireImages(start);
    List<Network> independent = new ArrayList<>();
    for (String folder : settings.independent()) {
      Network network = Networks.load("diversify.independent", folder, context.hadoop());
      independent.add(start.withWeights(network.weightsLike(start)));
    }
    EncodedExamples anchors = sources.readAll(recipe.keep());
    sources.readEvaluations(recipe.evaluate(), start.classes());
    try (StoreLock lock = StoreLock.acquire(context.hadoop(), output)) {
      return diversify(output, start, anchors, independent, lock);
    }
  }

  private DiversifyResult diversify(
      Path output,
      Network start,
      EncodedExamples anchors,
      List<Network> independent,
      StoreLock lock) {
    List<ObjectNode> reports = new ArrayList<>();
    List<float[]> members = new ArrayList<>();
    Network definition = null;
    for (int member = 0; member < settings.members(); member++) {
      Path place = new Path(output, String.format(Locale.ROOT, "members/%02d", member));
      Recipe own = recipe.withSeed(recipe.seed() + member);
      StoredPath path = StoredPath.open(context, place, own, start, sources.provenance(), lock);
      Waypoint last = walk(member, own, path, anchors, members);
      path.writeFinal(last);
      reports.add(path.report(last, recipe.evaluate().keySet()));
      members.add(last.state().weights());
      definition = path.start();
    }
    List<float[]> others = new ArrayList<>();
    for (Network network : independent) {
      others.add(network.restrictedTo(recipe.path().tensors().selection()).weightsLike(definition));
    }
    return test(output, definition, reports, members, others);
  }

  private Waypoint walk(
      int member, Recipe own, StoredPath path, EncodedExamples anchors, List<float[]> before) {
    List<float[]> others = new ArrayList<>(List.of(path.start().weights()));
    others.addAll(before);
    PathSettings settingsOfPath = recipe.path();
    Stretch stretch = new Stretch(0, settingsOfPath.steps());
    Samplers samplers =
        new Samplers(settingsOfPath.sampler(), settingsOfPath, path.start(), own.seed());
    Constraint face = samplers.face(path.start());
    boolean errors = settings.by() == Difference.ERRORS;
    DiverseSampler.Settings diverse =
        new DiverseSampler.Settings(
            errors ? List.of(transferred()) : List.of(),
            samplers.anchorTerms(
                settingsOfPath.anchorWeight().value(), TaskHeads.Division.ONE, Sources.ANCHORS),
            stretch.steps() - Math.round(settings.coolDown() * stretch.steps()),
            face,
            samplers.sizes(path.start()),
            others,
            errors ? 0 : settings.weight(),
            own.seed());
    double rate = settingsOfPath.learningRate();
    Schedule schedule = settingsOfPath.schedule();
    return new PathWalk(context, own, path, sources)
        .walk(
            "diversify: member " + (member + 1) + " of " + settings.members(),
            stretch,
            Map.of(Sources.ANCHORS, anchors),
            path.start().weights(),
            face,
            manifold -> new DiverseSampler(manifold, diverse, rate, schedule, stretch));
  }

  /** On images perturbed against another network, the start's outputs on the images as they are. */
  private Term transferred() {
    Attack asked = settings.attack().attack();
    Attack attack =
        new Attack(asked.norm(), asked.epsilon(), asked.steps(), asked.stepSize(), 1, 0);
    Batch batch = new Batch(Sources.ANCHORS, recipe.path().batch(), Widening.NONE);
    return new Term(
        recipe.path().distance(), Term.Target.REFERENCE, settings.weight(), batch, attack);
  }

  private DiversifyResult test(
      Path output,
      Network definition,
      List<ObjectNode> reports,
      List<float[]> members,
      List<float[]> independent) {
    Map<String, EncodedExamples> attacked = new LinkedHashMap<>();
    recipe
        .evaluate()
        .forEach(
            (name, selector) ->
                attacked.put(
                    ATTACKED + name,
                    Sources.sample(sources.read(selector), settings.limit(), recipe.seed())));
    context.progress().note("diversify: the ensemble is tested");
    try (Manifold manifold =
        new Manifold(
            context
                .workers()
                .open(
                    definition.definition(),
                    new WorkersSettings(
                        recipe.seed(), recipe.path().shards(), recipe.path().memoryBytes()),
                    sources.with(attacked)),
            definition.weights())) {
      return new DiversifyResult(
          output.toString(),
          reports,
          test(manifold, definition.weights(), members),
          independent.isEmpty() ? null : test(manifold, definition.weights(), independent));
    }
  }

  private EnsembleFindings test(Manifold manifold, float[] start, List<float[]> members) {
    List<Point> points = members.stream().map(manifold::at).toList();
    Attack attack = settings.attack().attack();
    Map<String, EnsembleFindings.OnSet> sets = new LinkedHashMap<>();
    sources
        .evaluationKeys()
        .forEach(
            (name, key) -> {
              List<EnsembleEvaluation> against = new ArrayList<>();
              for (int victim = 0; victim < points.size(); victim++) {
                against.add(manifold.ensemble(points, ATTACKED + name, attack, victim));
              }
              sets.put(
                  name,
                  new EnsembleFindings.OnSet(
                      manifold.ensemble(points, key),
                      against,
                      manifold.ensemble(points, ATTACKED + name, attack)));
            });
    points.forEach(Point::close);
    return new EnsembleFindings(Spread.of(start, members), sets);
  }
}
