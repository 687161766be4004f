package org.fip.spark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import freemarker.cache.ClassTemplateLoader;
import freemarker.core.HTMLOutputFormat;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.SimpleObjectWrapper;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateModelException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.fip.core.FipException;

/**
 * Writes a report as one HTML file without scripts and without references to anything outside. A
 * content security policy in the file forbids both, should a text ever get past the escaping.
 */
public final class HtmlReport {
  private static final String TEMPLATE = "report.ftlh";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Configuration TEMPLATES = configure();

  private HtmlReport() {}

  /**
   * Writes the report in UTF-8. The stream is flushed and stays open.
   *
   * @throws IOException when the stream fails
   */
  public static void write(ReportData data, OutputStream out) throws IOException {
    write(data, out, SvgPlotter::draw);
  }

  /** The same with another way to draw, from id and plot to an SVG element. */
  static void write(ReportData data, OutputStream out, BiFunction<String, Plot, String> draw)
      throws IOException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    try {
      TEMPLATES.getTemplate(TEMPLATE).process(model(data, draw), writer);
    } catch (TemplateException e) {
      throw new FipException(
          FipException.Category.INTERNAL, "the report template failed; please report this", e);
    }
    writer.flush();
  }

  private static Configuration configure() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setTemplateLoader(new ClassTemplateLoader(HtmlReport.class, ""));
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    // Only maps, lists and text reach the template: no methods of Java objects.
    configuration.setObjectWrapper(new SimpleObjectWrapper(Configuration.VERSION_2_3_34));
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setDefaultEncoding("UTF-8");
    configuration.setLocale(Locale.ROOT);
    configuration.setLocalizedLookup(false);
    return configuration;
  }

  private static Map<String, Object> model(ReportData data, BiFunction<String, Plot, String> draw) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("title", data.title());
    model.put("command", data.command());
    model.put("verdict", data.verdict());
    model.put("results", ResultTable.of(data));
    model.put("figures", figures(data.paths(), draw));
    model.put("cost", CostTable.of(data.paths()));
    model.put("sparsity", sparsity(data.sparsity()));
    model.put("recipe", pretty(data.recipe()));
    List<List<String>> provenance = new ArrayList<>();
    data.provenance().forEach((key, value) -> provenance.add(List.of(key, value)));
    model.put("provenance", provenance);
    return model;
  }

  private static List<Map<String, Object>> figures(
      List<PathSeries> paths, BiFunction<String, Plot, String> draw) {
    List<Map<String, Object>> models = new ArrayList<>();
    for (Figure figure : Figures.of(paths)) {
      Map<String, Object> model = new LinkedHashMap<>();
      model.put("id", figure.id());
      model.put("title", figure.title());
      model.put("caption", figure.caption());
      model.put("summary", figure.summary());
      model.put("tableTitle", figure.tableTitle());
      model.put("headers", figure.headers());
      model.put("rows", figure.rows());
      try {
        model.put(
            "svg", HTMLOutputFormat.INSTANCE.fromMarkup(draw.apply(figure.id(), figure.plot())));
      } catch (RuntimeException | LinkageError | InternalError e) {
        // Drawing needs the font files of the machine, which small containers lack. The table
        // has the same values, and a finished job must not fail for want of a picture.
        model.put("problem", "This plot could not be drawn: " + e);
      } catch (TemplateModelException e) {
        throw new FipException(
            FipException.Category.INTERNAL, "a plot cannot be put into the report", e);
      }
      models.add(model);
    }
    return models;
  }

  private static List<Map<String, Object>> sparsity(List<TensorSparsity> tensors) {
    List<Map<String, Object>> rows = new ArrayList<>();
    long zeros = 0;
    long weights = 0;
    for (TensorSparsity tensor : tensors) {
      rows.add(sparsityRow(tensor.tensor(), tensor.zeros(), tensor.weights()));
      zeros += tensor.zeros();
      weights += tensor.weights();
    }
    if (rows.size() > 1) {
      rows.add(sparsityRow("All", zeros, weights));
    }
    return rows;
  }

  private static Map<String, Object> sparsityRow(String name, long zeros, long weights) {
    double fraction = weights == 0 ? 0 : (double) zeros / weights;
    return Map.of(
        "name",
        name,
        "weights",
        Format.count(weights),
        "kept",
        Format.count(weights - zeros),
        "sparsity",
        Format.percent(fraction),
        "width",
        String.format(Locale.ROOT, "%.1f", 100 * Math.min(1, Math.max(0, fraction))));
  }

  private static String pretty(String json) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(json));
    } catch (JsonProcessingException e) {
      return json;
    }
  }
}
