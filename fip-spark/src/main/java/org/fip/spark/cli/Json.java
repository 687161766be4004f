package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;

/** Pieces of results as JSON. */
final class Json {
  private Json() {}

  /** Puts a number, or null for what JSON has no number for. */
  static void put(ObjectNode object, String key, double value) {
    if (Double.isFinite(value)) {
      object.put(key, value);
    } else {
      object.putNull(key);
    }
  }

  static void put(ObjectNode object, Measurement measurement) {
    put(object, "objective", measurement.objective());
    put(object, "drift", measurement.drift());
    put(object.withObject("/length"), "weights", measurement.lengthWeights());
    put(object.withObject("/length"), "outputs", measurement.lengthOutputs());
    object.put("rounds", measurement.rounds());
    put(object, "seconds", measurement.seconds());
  }

  static void put(ObjectNode object, Map<String, Evaluation> evaluations) {
    evaluations.forEach(
        (name, evaluation) -> {
          ObjectNode entry = object.putObject(name);
          put(entry, "accuracy", evaluation.accuracy());
          put(entry, "loss", evaluation.loss());
          entry.put("examples", evaluation.examples());
        });
  }
}
