package org.fip.spark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.core.path.Measurement;
import org.fip.core.storage.Folder;
import org.fip.spark.job.PathReports;
import org.fip.spark.report.PathSeries;
import org.fip.spark.report.ReportData;
import org.fip.spark.report.TensorSparsity;
import org.fip.spark.store.PathStore;

/** Collects what a report of stored paths shows. */
final class StoredPaths {

  /** Fewer zeros than this are chance and not worth a table. */
  private static final double LEAST_SPARSITY = 0.01;

  private StoredPaths() {}

  /**
   * The report of these paths; recipe and provenance are those of the first.
   *
   * @throws FipException NOT_FOUND when none has a waypoint; DATA when a waypoint is damaged
   */
  static ReportData report(List<PathStore> stores) {
    List<PathSeries> paths =
        stores.stream()
            .map(store -> PathReports.series(new Path(store.location()).getName(), store))
            .toList();
    if (paths.stream().allMatch(path -> path.measurements().isEmpty())) {
      throw FipException.notFound(
          "%s: has no waypoint yet; run the command that walks it", stores.get(0).location());
    }
    PathStore first = stores.get(0);
    String names = paths.stream().map(PathSeries::name).collect(Collectors.joining(", "));
    return new ReportData(
        (paths.size() == 1 ? "Path " : "Paths ") + names,
        "fip report "
            + stores.stream().map(PathStore::location).collect(Collectors.joining(" "))
            + " --out report.html",
        paths.stream().map(StoredPaths::verdict).collect(Collectors.joining(" ")),
        paths,
        List.of(),
        first.description().recipe().toString(),
        first.description().provenance(),
        first.network().map(StoredPaths::sparsity).orElse(List.of()));
  }

  private static String verdict(PathSeries path) {
    if (path.measurements().isEmpty()) {
      return path.name() + " has no waypoint yet.";
    }
    Measurement last = path.measurements().get(path.measurements().size() - 1);
    String accuracies =
        path.evaluations().entrySet().stream()
            .map(
                entry ->
                    String.format(
                        Locale.ROOT,
                        "%s %.2f %% (from %.2f %%)",
                        entry.getKey(),
                        100 * entry.getValue().lastEntry().getValue().accuracy(),
                        100 * entry.getValue().firstEntry().getValue().accuracy()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s is at step %d%s, with a drift of %.4g from its start.",
        path.name(),
        last.step(),
        accuracies.isEmpty() ? "" : ": " + accuracies,
        last.drift());
  }

  /** Zeros of the matrices and kernels, when there are many. */
  private static List<TensorSparsity> sparsity(Folder folder) {
    Network network = Network.load(folder);
    List<TensorSparsity> tensors = new ArrayList<>();
    for (WeightLayout.Slot slot : network.layout().slots()) {
      if (slot.parameter().role() == Parameter.Role.WEIGHT) {
        long zeros = 0;
        for (int i = slot.offset(); i < slot.end(); i++) {
          zeros += network.weights()[i] == 0 ? 1 : 0;
        }
        tensors.add(new TensorSparsity(slot.parameter().name(), zeros, slot.parameter().size()));
      }
    }
    long zeros = tensors.stream().mapToLong(TensorSparsity::zeros).sum();
    long weights = tensors.stream().mapToLong(TensorSparsity::weights).sum();
    return zeros > LEAST_SPARSITY * weights ? tensors : List.of();
  }
}
