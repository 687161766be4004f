package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.path.Measurement;

/** What each path cost. */
final class CostTable {
  private CostTable() {}

  /** One row for each path that was measured, as the template's columns are. */
  static List<List<String>> of(List<PathSeries> paths) {
    List<List<String>> rows = new ArrayList<>();
    for (PathSeries path : paths) {
      if (!path.measurements().isEmpty()) {
        rows.add(row(path.name(), path.measurements().get(path.measurements().size() - 1)));
      }
    }
    return rows;
  }

  private static List<String> row(String name, Measurement last) {
    return List.of(
        name,
        Format.count(last.step()),
        Format.number(last.seconds()),
        Format.number(last.step() / last.seconds()),
        Format.count(last.rounds()),
        Format.number((double) last.rounds() / last.step()),
        Format.bytes(last.bytesBroadcast()),
        Format.bytes(last.bytesReduced()),
        Format.number(last.drift()),
        Format.number(last.lengthOutputs()),
        Format.number(last.lengthWeights()));
  }
}
