package org.fip.spark.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report shows. All texts are plain text; they may hold anything.
 *
 * @param title what was done, a few words
 * @param command the command line that does it again
 * @param verdict what came out, one sentence
 * @param paths the paths, in the order they are shown
 * @param baselines other ways to do the same, for comparison; may be empty
 * @param recipe the resolved recipe as JSON
 * @param provenance versions, data, machine and times, in the order they are shown
 * @param sparsity zeros by tensor of the final network; may be empty
 */
public record ReportData(
    String title,
    String command,
    String verdict,
    List<PathSeries> paths,
    List<Baseline> baselines,
    String recipe,
    Map<String, String> provenance,
    List<TensorSparsity> sparsity) {

  /** Copies the collections. */
  public ReportData {
    paths = List.copyOf(paths);
    baselines = List.copyOf(baselines);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    sparsity = List.copyOf(sparsity);
  }
}
