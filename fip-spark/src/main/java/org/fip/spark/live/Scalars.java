package org.fip.spark.live;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;

/** What is measured on a path under the names that all monitors are given. */
public final class Scalars {
  private Scalars() {}

  /** Of a measurement; what the sampler does not have is NaN. */
  public static Map<String, Double> of(Measurement measurement) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("objective", measurement.objective());
    scalars.put("drift", measurement.drift());
    scalars.put("displacement/predicted", measurement.predicted());
    scalars.put("displacement/measured", measurement.measured());
    scalars.put("length/weights", measurement.lengthWeights());
    scalars.put("length/outputs", measurement.lengthOutputs());
    scalars.put("communication/rounds", (double) measurement.rounds());
    scalars.put("communication/bytesBroadcast", (double) measurement.bytesBroadcast());
    scalars.put("communication/bytesReduced", (double) measurement.bytesReduced());
    scalars.put("seconds", measurement.seconds());
    return scalars;
  }

  /** Of an evaluation, by name of the evaluation set. */
  public static Map<String, Double> of(Map<String, Evaluation> evaluation) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    evaluation.forEach(
        (set, value) -> {
          scalars.put("accuracy/" + set, value.accuracy());
          scalars.put("loss/" + set, value.loss());
        });
    return scalars;
  }
}
