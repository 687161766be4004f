package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.WaypointSummary;

/**
 * How evaluations change from one end of a path to the other.
 *
 * @param lengthWeights length of the path in weight space
 * @param lengthOutputs length of the path in output space
 * @param points evaluations by set, evenly spaced along the path, both ends included
 */
record Course(double lengthWeights, double lengthOutputs, List<Map<String, Evaluation>> points) {

  /** What a path loses on a set, against a straight line between the values at its ends. */
  record Loss(double accuracyDrop, double at, double barrier) {}

  /** Of a store each of whose waypoints was evaluated. */
  static Course of(PathStore store) {
    List<Map<String, Evaluation>> points = new ArrayList<>();
    Measurement last = null;
    for (WaypointSummary waypoint : store.describe().waypoints()) {
      waypoint
          .problem()
          .ifPresent(
              problem -> {
                throw FipException.data("%s", problem);
              });
      points.add(waypoint.evaluation());
      last = waypoint.last().orElse(last);
    }
    return new Course(last.lengthWeights(), last.lengthOutputs(), points);
  }

  /** The names of the sets. */
  List<String> sets() {
    return List.copyOf(points.get(0).keySet());
  }

  /**
   * The greatest drop of the accuracy below the straight line between its values at the ends and
   * where it is, t from 0 to 1; and the greatest rise of the loss above the line between its
   * values, the error barrier of Frankle et al. (2020, arXiv 1912.05671).
   */
  Loss loss(String set) {
    double drop = 0;
    double at = 0;
    double barrier = 0;
    Evaluation from = points.get(0).get(set);
    Evaluation to = points.get(points.size() - 1).get(set);
    for (int i = 0; i < points.size(); i++) {
      double t = (double) i / (points.size() - 1);
      Evaluation here = points.get(i).get(set);
      double below = (1 - t) * from.accuracy() + t * to.accuracy() - here.accuracy();
      if (below > drop) {
        drop = below;
        at = t;
      }
      barrier = Math.max(barrier, here.loss() - (1 - t) * from.loss() - t * to.loss());
    }
    return new Loss(drop, at, barrier);
  }

  ObjectNode toJson(ObjectNode factory) {
    ObjectNode json = factory.objectNode();
    json.putObject("length").put("weights", lengthWeights).put("outputs", lengthOutputs);
    ObjectNode evaluation = json.putObject("evaluation");
    for (String set : sets()) {
      Loss loss = loss(set);
      ObjectNode entry = evaluation.putObject(set);
      entry.put("accuracyDrop", loss.accuracyDrop()).put("at", loss.at());
      entry.put("barrier", loss.barrier());
      ArrayNode accuracies = entry.putArray("accuracy");
      points.forEach(point -> accuracies.add(point.get(set).accuracy()));
    }
    return json;
  }
}
