package org.fip.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.fip.core.manifold.Wire;
import org.fip.core.path.SamplerFactory;
import org.fip.spark.manifold.StageSteps;

/**
 * What a step costs when executors take it and sum among themselves, beside the time in which one
 * loopback socket carries the bytes that all of them send.
 *
 * <p>The model: a sum over N ranks takes a + 2 (N - 1) / N P4 (c + 1 / w) seconds. P4 are a
 * vector's bytes, a is a sum of one number, c each rank's work for a byte it sends and one it
 * receives, measured here, w the bandwidth of its link. What a step takes beside its sums, it takes
 * on any number of ranks. On loopback the transfer is part of c, and N ranks share the cores.
 */
final class StageBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SparkContext spark;
  private final int ranks;
  private final int repetitions;
  private final ArrayNode sums = JSON.createArrayNode();
  private final ArrayNode steps = JSON.createArrayNode();
  private final ArrayNode predicted = JSON.createArrayNode();

  StageBench(SparkContext spark, int ranks, int repetitions) {
    this.spark = spark;
    this.ranks = ranks;
    this.repetitions = repetitions;
  }

  void report(ObjectNode result) {
    result.set("stageSums", sums);
    result.set("stageSteps", steps);
    result.set("stagePredicted", predicted);
  }

  void measure(int parameters, List<RoundsBench.Variant> variants, double bandwidth) {
    double smallest = least(times(1, Wire.FLOAT32, null));
    double least = 0;
    for (Wire wire : new Wire[] {Wire.BFLOAT16, Wire.FLOAT32}) {
      long begun = System.nanoTime();
      double[] seconds = times(parameters, wire, null);
      double job = (System.nanoTime() - begun) / 1e9;
      double bytes = 2.0 * (ranks - 1) * parameters * wire.bytes();
      least = least(seconds);
      sums.addObject()
          .put("parameters", parameters)
          .put("wire", wire.name())
          .put("bytes", bytes)
          .put("seconds", median(seconds))
          .put("leastSeconds", least)
          .put("idealSeconds", bytes / bandwidth)
          .put("ratio", median(seconds) / (bytes / bandwidth))
          .put("leastRatio", least / (bytes / bandwidth))
          .put("secondsOfJobBeside", job - Arrays.stream(seconds).sum());
    }
    double work = (least - smallest) * ranks / (2.0 * (ranks - 1)) / (4.0 * parameters);
    for (RoundsBench.Variant variant : variants) {
      double[] seconds = times(parameters, Wire.FLOAT32, variant.making());
      double bytes = 2.0 * (ranks - 1) * variant.reductions() * parameters * 4;
      steps
          .addObject()
          .put("parameters", parameters)
          .put("variant", variant.name())
          .put("roundsPerStep", (double) variant.rounds() / variant.steps())
          .put("bytesPerStep", bytes / variant.steps())
          .put("secondsPerStep", median(seconds) / variant.steps())
          .put("leastSecondsPerStep", least(seconds) / variant.steps())
          .put("idealSecondsPerStep", bytes / bandwidth / variant.steps())
          .put("ratio", median(seconds) / (bytes / bandwidth));
      double beside = least(seconds) - variant.reductions() * least;
      predict(variant, parameters, Math.max(0, beside), smallest, work);
    }
  }

  private void predict(
      RoundsBench.Variant variant, int parameters, double beside, double smallest, double work) {
    for (int many : RoundsBench.MANY) {
      for (int gigabits : RoundsBench.GIGABITS) {
        double link = gigabits * 1e9 / 8;
        double sum = smallest + 2.0 * (many - 1) / many * 4.0 * parameters * (work + 1 / link);
        predicted
            .addObject()
            .put("parameters", parameters)
            .put("variant", variant.name())
            .put("executors", many)
            .put("gigabitsPerSecond", gigabits)
            .put("secondsPerStep", (beside + variant.reductions() * sum) / variant.steps());
      }
    }
  }

  private double[] times(int parameters, Wire wire, SamplerFactory sampler) {
    double[] seconds = StageSteps.run(spark, ranks, parameters, repetitions, wire, sampler);
    Arrays.sort(seconds);
    return seconds;
  }

  private static double least(double[] sorted) {
    return sorted[0];
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }
}
