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
    model.put("verdict", data.verdict());
    model.put(
        "sections", Sections.of(data).stream().map(section -> section(section, draw)).toList());
    model.put("recipe", pretty(data.recipe()));
    List<List<String>> provenance = new ArrayList<>();
    data.provenance().forEach((key, value) -> provenance.add(List.of(key, value)));
    model.put(
        "provenance", table(Table.ofWords("Provenance", List.of("Property", "Value"), provenance)));
    return model;
  }

  private static Map<String, Object> section(
      Section section, BiFunction<String, Plot, String> draw) {
    return Map.of(
        "id", section.id(),
        "title", section.title(),
        "notes", section.notes(),
        "tables", section.tables().stream().map(HtmlReport::table).toList(),
        "figures", section.figures().stream().map(figure -> figure(figure, draw)).toList(),
        "commands",
            section.commands().stream()
                .map(command -> Map.of("about", command.about(), "line", command.line()))
                .toList());
  }

  private static Map<String, Object> table(Table table) {
    return Map.of(
        "caption", table.caption(),
        "headers", table.headers(),
        "words", table.words(),
        "rows",
            table.rows().stream()
                .map(
                    row ->
                        Map.of(
                            "marked", row.marked(),
                            "cells", row.cells().stream().map(HtmlReport::cell).toList()))
                .toList());
  }

  private static Map<String, String> cell(Cell cell) {
    return Map.of(
        "text",
        cell.text(),
        "aside",
        cell.aside(),
        "link",
        cell.link(),
        "bar",
        Double.isFinite(cell.bar()) ? String.format(Locale.ROOT, "%.1f", 100 * cell.bar()) : "");
  }

  private static Map<String, Object> figure(Figure figure, BiFunction<String, Plot, String> draw) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("id", figure.id());
    model.put("title", figure.title());
    model.put("caption", figure.caption());
    model.put("summary", figure.summary());
    model.put("tableTitle", figure.tableTitle());
    model.put("table", table(figure.values()));
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
    return model;
  }

  private static String pretty(String json) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(json));
    } catch (JsonProcessingException e) {
      return json;
    }
  }
}
