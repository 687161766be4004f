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

  /** The table, without rows when nothing was measured. */
  static Table of(List<PathSeries> all) {
    List<PathSeries> measured = all.stream().filter(p -> !p.measurements().isEmpty()).toList();
    List<String> headers = new ArrayList<>(List.of("Quantity"));
    measured.forEach(path -> headers.add(path.name()));
    CostTable table = new CostTable(measured);
    if (!measured.isEmpty()) {
      table.fill();
    }
    return Table.of("What each path took", headers, table.rows);
  }

  private void fill() {
    add("Steps", m -> Format.count(m.step()));
    add("Seconds", m -> Format.number(m.seconds()));
    add("Steps per second", m -> Format.number(m.step() / m.seconds()));
    add("Rounds", m -> Format.count(m.rounds()));
    add("Rounds per step", m -> Format.number((double) m.rounds() / m.step()));
    add("Sent to executors", m -> Format.bytes(m.bytesBroadcast()));
    add("Received from executors", m -> Format.bytes(m.bytesReduced()));
    add("Drift at the end", m -> Format.number(m.drift()));
    add("Length in output space", m -> Format.number(m.lengthOutputs()));
    add("Length in weight space", m -> Format.number(m.lengthWeights()));
  }

  private void add(String quantity, Function<Measurement, String> value) {
    List<String> row = new ArrayList<>(List.of(quantity));
    paths.forEach(
        path -> row.add(value.apply(path.measurements().get(path.measurements().size() - 1))));
    rows.add(row);
  }
}
