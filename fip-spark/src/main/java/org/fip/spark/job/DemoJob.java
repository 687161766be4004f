package org.fip.spark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.recipe.RecipeSource;
import org.fip.spark.report.ReportData;
import org.fip.spark.report.ShellCommands;
import org.fip.spark.store.PathStore;

/**
 * The main job on embedded handwritten digits: train on 0 to 4, learn 5 to 9 along a functionally
 * invariant path beside plain fine-tuning, make the result sparse, and report.
 */
public final class DemoJob {
  private static final String OLD = "digits 0-4";
  private static final String NEW = "digits 5-9";

  /** How many eigenvalues of the metric are shown at both ends of the path. */
  private static final int EIGENVALUES = 20;

  private final JobContext context;
  private final String output;
  private final Map<String, String> configuration;
  private final List<String> sets;

  /**
   * A demonstration that writes into a folder.
   *
   * @param configuration Spark's, in which {@code spark.fip.} settings count for all three jobs
   * @param sets overrides of the recipes of all three jobs
   */
  public DemoJob(
      JobContext context, String output, Map<String, String> configuration, List<String> sets) {
    this.context = context;
    this.output = output;
    this.configuration = configuration;
    this.sets = sets;
  }

  /** Runs the three jobs, or what of them is missing, and writes the report. */
  public DemoResult run() {
    Recipe training = recipe(Command.TRAIN, "train", Map.of());
    PathResult trained = new TrainJob(context, training).run();
    context.progress().note("the network knows 0 to 4; now it learns 5 to 9");
    String start = trained.report().path("network").asText();
    Recipe adapting = recipe(Command.ADAPT, "adapt", Map.of("network", start));
    AdaptResult adapted = new AdaptJob(context, adapting).run();
    context.progress().note("it knows all ten; now it becomes sparse");
    String learned = adapted.path().report().path("network").asText();
    Recipe sparsifying = recipe(Command.SPARSIFY, "sparsify", Map.of("network", learned));
    PathResult sparse = new SparsifyJob(context, sparsifying).run();
    DemoResult result =
        new DemoResult(
            trained, adapted, sparse, output + "/" + PathReports.FILE, verdict(adapted, sparse));
    writeReport(result, adapting);
    return result;
  }

  private Recipe recipe(Command command, String name, Map<String, String> values) {
    String resource = "demo-" + name + ".yaml";
    List<String> overrides = new ArrayList<>();
    overrides.add("output=" + quoted(output + "/" + name));
    values.forEach((key, value) -> overrides.add(key + "=" + quoted(value)));
    overrides.addAll(sets);
    try (InputStream in = DemoJob.class.getResourceAsStream("/org/fip/spark/job/" + resource)) {
      return Recipe.resolve(
          command,
          RecipeSource.read(resource, in),
          configuration,
          overrides,
          Networks.kinds(context.hadoop()));
    } catch (IOException e) {
      throw FipException.storage(e, "%s cannot be read from the application jar", resource);
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String verdict(AdaptResult adapted, PathResult sparse) {
    Map<String, Evaluation> start = adapted.path().evaluations().get(0);
    Map<String, Evaluation> end = adapted.path().evaluations().get(1);
    AdaptResult.Run tuned = adapted.baselines().get("fine-tuning");
    return String.format(
        Locale.ROOT,
        "The network learned 5-9 (%.1f %%) and kept 0-4 (%.1f %%, before %.1f %%), of which plain"
            + " fine-tuning kept %.1f %%; with %.0f %% of its weights at zero it has %.1f %% on 5-9"
            + " and %.1f %% on 0-4.",
        percent(end, NEW),
        percent(end, OLD),
        percent(start, OLD),
        tuned == null ? Double.NaN : percent(tuned.end(), OLD),
        100 * sparse.report().path("sparsity").path("achieved").asDouble(),
        percent(sparse.end(), NEW),
        percent(sparse.end(), OLD));
  }

  private static double percent(Map<String, Evaluation> evaluations, String set) {
    Evaluation evaluation = evaluations.get(set);
    return evaluation == null ? Double.NaN : 100 * evaluation.accuracy();
  }

  private void writeReport(DemoResult result, Recipe recipe) {
    Configuration hadoop = context.hadoop();
    Path folder = RecipePaths.resolve("output", output, hadoop);
    Path adapt = new Path(folder, "adapt");
    Path sparse = new Path(folder, "sparsify");
    Map<String, Path> places = new LinkedHashMap<>();
    places.put("invariant path", adapt);
    for (org.fip.spark.recipe.SamplerKind baseline : recipe.baselines()) {
      places.put(baseline.label(), new Path(adapt, "baselines/" + baseline.label()));
    }
    places.put("sparsify", sparse);
    Map<String, PathStore> stores = new LinkedHashMap<>();
    places.forEach((name, place) -> stores.put(name, PathStore.open(hadoop, place)));
    ReportData data =
        PathReports.side(
                hadoop, "Handwritten digits: learn 5-9, keep 0-4", result.verdict(), stores)
            .command("How to do it again", "scripts/fip demo")
            .command(
                "Export the sparse network",
                ShellCommands.export(sparse.toString(), "digits-sparse"))
            .spectra(PathSpectrum.measure(context, stores.values().iterator().next(), EIGENVALUES))
            .build();
    PathReports.write(hadoop, folder, data);
  }

  /**
   * What the demonstration shows.
   *
   * @param trained the network that knows 0 to 4
   * @param adapted the path to 5 to 9, and fine-tuning beside it
   * @param sparse the sparse network
   * @param reportFile the HTML report
   * @param verdict all in a sentence
   */
  public record DemoResult(
      PathResult trained, AdaptResult adapted, PathResult sparse, String reportFile, String verdict)
      implements JobResult {

    @Override
    public ObjectNode toJson() {
      ObjectNode json = new ObjectMapper().createObjectNode();
      json.set("train", trained.toJson());
      json.set("adapt", adapted.toJson());
      json.set("sparsify", sparse.toJson());
      json.put("report", reportFile);
      json.put("verdict", verdict);
      return json;
    }

    @Override
    public String summary() {
      return String.format(
          "%s%n%nlearn 5-9, keep 0-4%n%s%n%nmake it sparse%n%s%n%nreport %s",
          verdict, adapted.summary(), sparse.summary(), reportFile);
    }
  }
}
