package org.fip.spark.job;

import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;

/** Stores the outputs of a network with examples, for paths whose steps ask for them. */
final class Outputs {
  private final PathWalk walk;
  private final boolean asked;

  Outputs(PathWalk walk, boolean asked) {
    this.walk = walk;
    this.asked = asked;
  }

  /** The examples, with what the network of these weights says to each if steps will ask for it. */
  EncodedExamples storedWith(EncodedExamples examples, float[] weights) {
    if (!asked) {
      return examples;
    }
    try (Manifold manifold = walk.open(Map.of(Sources.ANCHORS, examples), weights);
        Point point = manifold.at(weights)) {
      return examples.withOutputs(point.outputs(Sources.ANCHORS));
    }
  }
}
