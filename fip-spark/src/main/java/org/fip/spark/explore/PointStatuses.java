package org.fip.spark.explore;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.job.JobContext;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.StatusFile;
import org.fip.spark.store.Walker;

/**
 * Shows how the points of an exploration are: what the driver knows of each, and of those on their
 * way what the executors write into the stores.
 */
final class PointStatuses {
  private static final String EVALUATE = "evaluate.";
  private static final String LOSS = ".loss";

  private final JobContext context;
  private final String exploration;
  private final ExplorationStore store;
  private final Map<String, Point> points;
  private final Instant since = Instant.now();
  private final Map<String, Instant> submitted = new LinkedHashMap<>();

  PointStatuses(
      JobContext context, String exploration, ExplorationStore store, Map<String, Point> points) {
    this.context = context;
    this.exploration = exploration;
    this.store = store;
    this.points = points;
  }

  /** A task of the point waits for a core or has one. */
  void submitted(String name) {
    submitted.put(name, Instant.now());
  }

  /** Shows what is known of a point at the end of a task, or before the first. */
  void show(PointState state) {
    submitted.remove(state.name());
    Point point = points.get(state.name());
    if (point == null) {
      return;
    }
    long step = state.steps();
    context
        .progress()
        .updated(
            new PathStatus(
                location(state.name()),
                state.name(),
                asPoint(point),
                shown(state),
                state.error(),
                new PathStatus.Progress(step, point.steps(), Double.NaN, Double.NaN, Double.NaN),
                null,
                step,
                evaluation(state.last()),
                since,
                Instant.now(),
                Walker.here()));
  }

  private static State shown(PointState state) {
    return switch (state.status()) {
      case OPEN -> state.figures().isEmpty() ? State.WAITING : State.PAUSED;
      case FINISHED -> State.FINISHED;
      case STOPPED -> State.STOPPED;
      case FAILED -> State.FAILED;
    };
  }

  /** Shows the points that executors walk just now. */
  void look() {
    submitted.forEach(
        (name, begun) -> {
          try {
            new StatusFile(context.hadoop(), store.store(name))
                .read()
                .filter(status -> status.state() == State.RUNNING && status.since().isAfter(begun))
                .ifPresent(status -> context.progress().updated(of(name, status)));
          } catch (FipException e) {
            // It is for the eye only, and the executor has warned already if it cannot write.
          }
        });
  }

  private PathStatus of(String name, PathStatus status) {
    return new PathStatus(
        location(name),
        name,
        asPoint(points.get(name)),
        status.state(),
        status.reason(),
        status.progress(),
        status.measurement(),
        status.evaluatedAt(),
        status.evaluation(),
        status.since(),
        status.updated(),
        status.walker());
  }

  private String location(String name) {
    return store.store(name).toString();
  }

  private PathStatus.Point asPoint(Point point) {
    Map<String, String> parameters = new TreeMap<>();
    for (Map.Entry<String, JsonNode> parameter : point.parameters().properties()) {
      parameters.put(parameter.getKey(), Columns.text(parameter.getValue()));
    }
    return new PathStatus.Point(exploration, parameters);
  }

  private static Map<String, Evaluation> evaluation(Map<String, Double> figures) {
    Map<String, Evaluation> evaluation = new TreeMap<>();
    figures.forEach(
        (key, value) -> {
          if (key.startsWith(EVALUATE) && !key.endsWith(LOSS)) {
            double loss = figures.getOrDefault(key + LOSS, Double.NaN);
            evaluation.put(key.substring(EVALUATE.length()), new Evaluation(value, loss, 0));
          }
        });
    return evaluation;
  }
}
