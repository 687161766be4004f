package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.fip.core.path.Measurement;

/** What each path cost: one column for each path, one row for each quantity. */
final class CostTable {
  private final List<PathSeries> paths;
  private final List<List<String>> rows = new ArrayList<>();

  private CostTable(List<PathSeries> paths) {
    this.paths = paths;
  }

  /** The rows, the first with the names of the paths; empty when nothing was measured. */
  static List<List<String>> of(List<PathSeries> all) {
    List<PathSeries> measured = all.stream().filter(p -> !p.measurements().isEmpty()).toList();
    if (measured.isEmpty()) {
      return List.of();
    }
    CostTable table = new CostTable(measured);
    table.addRow("Path", PathSeries::name);
    table.add("Steps", m -> Format.count(m.step()));
    table.add("Seconds", m -> Format.number(m.seconds()));
    table.add("Steps per second", m -> Format.number(m.step() / m.seconds()));
    table.add("Rounds", m -> Format.count(m.rounds()));
    table.add("Rounds per step", m -> Format.number((double) m.rounds() / m.step()));
    table.add("Sent to executors", m -> Format.bytes(m.bytesBroadcast()));
    table.add("Received from executors", m -> Format.bytes(m.bytesReduced()));
    table.add("Drift at the end", m -> Format.number(m.drift()));
    table.add("Length in output space", m -> Format.number(m.lengthOutputs()));
    table.add("Length in weight space", m -> Format.number(m.lengthWeights()));
    return table.rows;
  }

  private void add(String quantity, Function<Measurement, String> value) {
    addRow(quantity, path -> value.apply(path.measurements().get(path.measurements().size() - 1)));
  }

  private void addRow(String quantity, Function<PathSeries, String> value) {
    List<String> row = new ArrayList<>(List.of(quantity));
    paths.forEach(path -> row.add(value.apply(path)));
    rows.add(row);
  }
}
