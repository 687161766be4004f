package org.fip.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import freemarker.cache.ClassTemplateLoader;
import freemarker.core.PlainTextOutputFormat;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.SimpleObjectWrapper;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Evaluation;
import org.fip.core.network.Network;
import org.fip.core.path.Measurement;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.WaypointSummary;

/** The {@code README.md} of an exported network: where it comes from and what was measured. */
final class ModelCard {
  private static final Configuration TEMPLATES = configure();

  private ModelCard() {}

  static String of(PathStore store, PathPosition position, Network network) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("architecture", cell(network.config().architecture()));
    model.put("place", position.describe());
    model.put("interpolated", !position.isWaypoint());
    model.put("store", store.location().replaceAll("[\\s`]+", " "));
    model.put("weights", String.format(Locale.ROOT, "%,d", network.weights().length));
    model.put("zeros", zeros(network));
    model.put("classes", String.format(Locale.ROOT, "%d", network.classes()));
    model.put("measurements", measurements(position));
    putEvaluation(store.describe().waypoints(), position, model);
    model.put("provenance", rows(store.description().provenance()));
    JsonNode recipe = store.description().recipe();
    model.put("recipe", recipe.toPrettyString());
    model.put("fence", fence(recipe.toPrettyString()));
    StringWriter text = new StringWriter();
    try {
      TEMPLATES.getTemplate("model-card.ftl").process(model, text);
    } catch (IOException | TemplateException e) {
      throw new FipException(Category.INTERNAL, "the template of the model card failed", e);
    }
    return text.toString();
  }

  private static Configuration configure() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setTemplateLoader(new ClassTemplateLoader(ModelCard.class, ""));
    configuration.setOutputFormat(PlainTextOutputFormat.INSTANCE);
    configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    configuration.setObjectWrapper(new SimpleObjectWrapper(Configuration.VERSION_2_3_34));
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setDefaultEncoding("UTF-8");
    configuration.setLocale(Locale.ROOT);
    configuration.setLocalizedLookup(false);
    return configuration;
  }

  private static String zeros(Network network) {
    int zeros = 0;
    for (float weight : network.weights()) {
      zeros += weight == 0 ? 1 : 0;
    }
    return percent((double) zeros / Math.max(1, network.weights().length));
  }

  private static List<List<String>> measurements(PathPosition position) {
    List<Measurement> all = position.before().measurements();
    if (all.isEmpty()) {
      return List.of();
    }
    Measurement last = all.get(all.size() - 1);
    return List.of(
        List.of("step", Long.toString(last.step())),
        List.of("drift from the start, mean over the anchors", number(last.drift())),
        List.of("length of the path in weights", number(last.lengthWeights())),
        List.of("length of the path in outputs", number(last.lengthOutputs())),
        List.of("seconds", number(last.seconds())));
  }

  /** The newest evaluation up to the place, beside that of the start. */
  private static void putEvaluation(
      List<WaypointSummary> waypoints, PathPosition position, Map<String, Object> model) {
    Map<String, Evaluation> start = waypoints.isEmpty() ? Map.of() : waypoints.get(0).evaluation();
    Optional<WaypointSummary> newest =
        waypoints.stream()
            .filter(w -> w.step() <= position.t() && !w.evaluation().isEmpty())
            .reduce((a, b) -> b);
    List<List<String>> rows = new ArrayList<>();
    newest
        .map(WaypointSummary::evaluation)
        .map(TreeMap::new)
        .orElseGet(TreeMap::new)
        .forEach(
            (name, evaluation) ->
                rows.add(
                    List.of(
                        cell(name),
                        start.containsKey(name) ? percent(start.get(name).accuracy()) : "-",
                        percent(evaluation.accuracy()),
                        number(evaluation.loss()),
                        Long.toString(evaluation.examples()))));
    model.put("evaluation", rows);
    model.put("evaluatedAt", newest.map(w -> Long.toString(w.step())).orElse(""));
    model.put("evaluatedHere", newest.isPresent() && newest.get().step() == position.t());
  }

  private static List<List<String>> rows(Map<String, String> values) {
    List<List<String>> rows = new ArrayList<>();
    values.forEach((key, value) -> rows.add(List.of(cell(key), cell(value))));
    return rows;
  }

  /** Text that stays inside a cell of a Markdown table and means nothing there. */
  private static String cell(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("([\\\\`*_|<>\\[\\]#])", "\\\\$1");
  }

  /** A code fence that the text cannot close. */
  private static String fence(String text) {
    String fence = "```";
    while (text.contains(fence)) {
      fence += "`";
    }
    return fence;
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value, new MathContext(5)).stripTrailingZeros().toString()
        : "-";
  }
}
