package org.fip.spark.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a report shows. All texts are plain text; they may hold anything. Made by a {@link Builder}.
 *
 * @param title what was done, a few words
 * @param verdict what came out, one sentence
 * @param asked the main points of what was asked, by name
 * @param commands command lines to copy, by what they are for
 * @param notes how to read all of it; may be empty
 * @param problems what is wrong with what is reported, one sentence each; may be empty
 * @param paths the paths, in the order they are shown
 * @param baselines other ways to do the same, for comparison; may be empty
 * @param tables what only some jobs have; may be empty
 * @param front points of an exploration
 * @param projection the paths in a plane
 * @param spectra of the metric at places of the path; may be empty
 * @param recipe the resolved recipe as JSON
 * @param provenance versions, data, machine and times, in the order they are shown
 * @param sparsity zeros by tensor of the final network; may be empty
 */
public record ReportData(
    String title,
    String verdict,
    Map<String, String> asked,
    Map<String, String> commands,
    List<String> notes,
    List<String> problems,
    List<PathSeries> paths,
    List<Baseline> baselines,
    List<ReportTable> tables,
    Optional<Front> front,
    Optional<Projection> projection,
    List<MetricSpectrum> spectra,
    String recipe,
    Map<String, String> provenance,
    List<TensorSparsity> sparsity) {

  /** Copies the collections. */
  public ReportData {
    asked = Collections.unmodifiableMap(new LinkedHashMap<>(asked));
    commands = Collections.unmodifiableMap(new LinkedHashMap<>(commands));
    notes = List.copyOf(notes);
    problems = List.copyOf(problems);
    paths = List.copyOf(paths);
    baselines = List.copyOf(baselines);
    tables = List.copyOf(tables);
    spectra = List.copyOf(spectra);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    sparsity = List.copyOf(sparsity);
  }

  /** A report that has nothing yet but what every report has. */
  public static Builder about(String title, String verdict) {
    return new Builder(title, verdict);
  }

  /** Collects what a report shows. */
  public static final class Builder {
    private final String title;
    private final String verdict;
    private final Map<String, String> asked = new LinkedHashMap<>();
    private final Map<String, String> commands = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<PathSeries> paths = new ArrayList<>();
    private final List<Baseline> baselines = new ArrayList<>();
    private final List<ReportTable> tables = new ArrayList<>();
    private final List<MetricSpectrum> spectra = new ArrayList<>();
    private final Map<String, String> provenance = new LinkedHashMap<>();
    private final List<TensorSparsity> sparsity = new ArrayList<>();
    private Front front;
    private Projection projection;
    private String recipe = "{}";

    private Builder(String title, String verdict) {
      this.title = title;
      this.verdict = verdict;
    }

    /** Adds main points of what was asked. */
    public Builder asked(Map<String, String> more) {
      asked.putAll(more);
      return this;
    }

    /** Adds a command line. */
    public Builder command(String purpose, String line) {
      commands.put(purpose, line);
      return this;
    }

    /** Adds a sentence on how to read all of it. */
    public Builder note(String note) {
      notes.add(note);
      return this;
    }

    /** Adds what is wrong. */
    public Builder problems(List<String> more) {
      problems.addAll(more);
      return this;
    }

    /** Adds paths. */
    public Builder paths(List<PathSeries> more) {
      paths.addAll(more);
      return this;
    }

    /** Adds baselines. */
    public Builder baselines(List<Baseline> more) {
      baselines.addAll(more);
      return this;
    }

    /** Adds a table, unless it has no rows. */
    public Builder table(ReportTable table) {
      if (!table.rows().isEmpty()) {
        tables.add(table);
      }
      return this;
    }

    /** Shows the points of an exploration. */
    public Builder front(Front points) {
      front = points;
      return this;
    }

    /** Shows the paths in a plane, when there is one. */
    public Builder projection(Optional<Projection> plane) {
      projection = plane.orElse(null);
      return this;
    }

    /** Adds spectra. */
    public Builder spectra(List<MetricSpectrum> more) {
      spectra.addAll(more);
      return this;
    }

    /** Shows a recipe, as JSON, and where all comes from. */
    public Builder origin(String json, Map<String, String> from) {
      recipe = json;
      provenance.putAll(from);
      return this;
    }

    /** Adds zeros by tensor. */
    public Builder sparsity(List<TensorSparsity> more) {
      sparsity.addAll(more);
      return this;
    }

    /** All that was collected. */
    public ReportData build() {
      return new ReportData(
          title,
          verdict,
          asked,
          commands,
          notes,
          problems,
          paths,
          baselines,
          tables,
          Optional.ofNullable(front),
          Optional.ofNullable(projection),
          spectra,
          recipe,
          provenance,
          sparsity);
    }
  }
}
