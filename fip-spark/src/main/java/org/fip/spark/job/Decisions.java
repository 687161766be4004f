package org.fip.spark.job;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;

/** What a network decides of examples: the class that it has each of them in. */
final class Decisions {
  /** Most rows whose outputs are asked for at once. */
  private static final int PIECE = 1024;

  private Decisions() {}

  /** The examples with the decisions of a network of the walk in place of their labels. */
  static EncodedExamples asLabels(EncodedExamples examples, PathWalk walk, float[] weights) {
    Map<String, EncodedExamples> pieces = new LinkedHashMap<>();
    for (int from = 0; from < examples.size(); from += PIECE) {
      int to = Math.min(examples.size(), from + PIECE);
      pieces.put(Sources.ANCHORS + from, examples.slice(from, to));
    }
    int[] classes = new int[examples.size()];
    try (Manifold manifold = new Manifold(walk.workers(pieces), weights);
        Point point = manifold.at(weights)) {
      int next = 0;
      for (Map.Entry<String, EncodedExamples> piece : pieces.entrySet()) {
        float[] outputs = point.outputs(piece.getKey());
        int each = outputs.length / piece.getValue().size();
        for (int at = 0; at < outputs.length; at += each) {
          classes[next++] = largest(outputs, at, each);
        }
      }
    }
    return examples.withLabels(classes);
  }

  /** Position of the largest of some values, the first of equal ones. */
  private static int largest(float[] values, int from, int count) {
    int largest = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + largest]) {
        largest = i;
      }
    }
    return largest;
  }
}
