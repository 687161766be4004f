package org.fip.spark.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.fip.core.FipException;
import org.fip.core.geometry.PrincipalPlane;
import org.fip.core.safetensors.FlatTensor;
import org.fip.spark.report.Projection;
import org.fip.spark.store.WaypointWeights;

/**
 * Stored paths in the plane in which their waypoints differ most. Waypoints are read side by side,
 * a slice at a time; memory does not grow with the networks, and so many waypoints are taken that
 * the work stays below a bound.
 */
final class WaypointPlane {
  /** Waypoints of small networks. */
  private static final int MOST = 120;

  /** Products of coordinates, a few seconds of work. */
  private static final double WORK = 4e9;

  private static final int SLICE = 1 << 13;

  private final List<StoredRun> runs;
  private final List<String> problems;
  private final List<Open> open = new ArrayList<>();
  private final Map<String, FlatTensor> common = new LinkedHashMap<>();

  /** A waypoint that is read. */
  private record Open(StoredRun run, long step, WaypointWeights weights) {}

  private WaypointPlane(List<StoredRun> runs, List<String> problems) {
    this.runs = runs;
    this.problems = problems;
  }

  /**
   * The plane of these paths; empty when they have fewer than three whole waypoints or no tensor in
   * common.
   *
   * @param problems gets a sentence for each waypoint that is damaged
   */
  static Optional<Projection> of(List<StoredRun> runs, List<String> problems) {
    List<StoredRun> walked =
        runs.stream().filter(run -> !run.store().steps().isEmpty()).limit(MOST / 2).toList();
    WaypointPlane plane = new WaypointPlane(walked, problems);
    try {
      return plane.find(runs.size() - walked.size());
    } finally {
      plane.open.forEach(waypoint -> waypoint.weights.close());
    }
  }

  private Optional<Projection> find(int leftOut) {
    if (runs.isEmpty()) {
      return Optional.empty();
    }
    int all = runs.stream().mapToInt(run -> run.store().steps().size()).sum();
    int most = most();
    for (StoredRun run : runs) {
      for (long step : chosen(run.store().steps(), Math.max(2, most / runs.size()))) {
        take(run, step);
      }
    }
    findCommonTensors();
    if (open.size() < 3 || common.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(project(note(all, leftOut)));
  }

  /** How many waypoints the work allows, by the size of the first path's network. */
  private int most() {
    StoredRun first = runs.get(0);
    try (WaypointWeights weights = first.store().weights(first.store().steps().get(0))) {
      long size = weights.tensors().stream().mapToLong(FlatTensor::length).sum();
      return (int) Math.min(MOST, Math.sqrt(2 * WORK / Math.max(1, size)));
    } catch (FipException e) {
      StoredRun.unlessStorageFailed(e);
      return MOST;
    }
  }

  private static Set<Long> chosen(List<Long> steps, int most) {
    Set<Long> chosen = new TreeSet<>();
    for (int i = 0; i < Math.min(most, steps.size()); i++) {
      int last = Math.max(1, Math.min(most, steps.size()) - 1);
      chosen.add(steps.get((int) ((long) i * (steps.size() - 1) / last)));
    }
    return chosen;
  }

  private void take(StoredRun run, long step) {
    try {
      open.add(new Open(run, step, run.store().weights(step)));
    } catch (FipException e) {
      problems.add(StoredRun.unlessStorageFailed(e) + "; it is left out of the plane");
    }
  }

  private void findCommonTensors() {
    for (int i = 0; i < open.size(); i++) {
      Map<String, FlatTensor> own = new LinkedHashMap<>();
      open.get(i).weights.tensors().forEach(tensor -> own.put(tensor.name(), tensor));
      if (i == 0) {
        common.putAll(own);
      }
      common
          .values()
          .removeIf(
              tensor ->
                  !own.containsKey(tensor.name())
                      || !own.get(tensor.name()).shape().equals(tensor.shape()));
    }
  }

  private String note(int all, int leftOut) {
    List<String> notes = new ArrayList<>();
    if (open.size() < all) {
      notes.add("%d of %d waypoints are shown.".formatted(open.size(), all));
    }
    if (leftOut > 0) {
      notes.add("%d paths are left out.".formatted(leftOut));
    }
    long size = open.get(0).weights.tensors().stream().mapToLong(FlatTensor::length).sum();
    long shared = common.values().stream().mapToLong(FlatTensor::length).sum();
    if (shared < size) {
      notes.add(
          String.format(
              Locale.ROOT,
              "Of %,d weights those %,d are compared that all networks have in one shape.",
              size,
              shared));
    }
    return String.join(" ", notes);
  }

  private Projection project(String note) {
    PrincipalPlane plane = new PrincipalPlane(open.size());
    float[][] slices = new float[open.size()][SLICE];
    for (FlatTensor tensor : common.values()) {
      for (int from = 0; from < tensor.length(); from += SLICE) {
        int count = Math.min(SLICE, tensor.length() - from);
        for (int i = 0; i < slices.length; i++) {
          open.get(i).weights.read(tensor.name(), from, count, slices[i]);
        }
        plane.add(slices, count);
      }
    }
    PrincipalPlane.Coordinates found = plane.coordinates();
    List<String> sets = sets();
    Map<StoredRun, List<Projection.Spot>> spots = new LinkedHashMap<>();
    for (int i = 0; i < open.size(); i++) {
      Open waypoint = open.get(i);
      PrincipalPlane.Position at = found.positions().get(i);
      spots
          .computeIfAbsent(waypoint.run, run -> new ArrayList<>())
          .add(
              new Projection.Spot(
                  waypoint.step,
                  at.first(),
                  at.second(),
                  accuracy(waypoint.run, waypoint.step, sets)));
    }
    List<Projection.Trail> trails = new ArrayList<>();
    spots.forEach((run, own) -> trails.add(new Projection.Trail(run.name(), own)));
    return new Projection(trails, found.first(), found.second(), sets, note);
  }

  /** The evaluation sets that all paths have, those under attack left out. */
  private List<String> sets() {
    List<String> sets = new ArrayList<>(Verdict.plain(runs.get(0).series()).keySet());
    runs.forEach(run -> sets.retainAll(run.series().evaluations().keySet()));
    return sets;
  }

  private static double accuracy(StoredRun run, long step, List<String> sets) {
    return sets.stream()
        .map(set -> run.series().evaluations().get(set).get(step))
        .mapToDouble(evaluation -> evaluation == null ? Double.NaN : evaluation.accuracy())
        .average()
        .orElse(Double.NaN);
  }
}
