package org.fip.spark.job;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.ShardData;
import org.fip.core.manifold.Workers;

/**
 * The outputs that anchors had when they came into the memory of a path. They are asked again of
 * the network that the path had come to then, which is a waypoint, and so need no place in the
 * store.
 */
final class StoredOutputs {
  private final StoredPath path;
  private final PathWalk walk;

  StoredOutputs(StoredPath path, PathWalk walk) {
    this.path = path;
    this.walk = walk;
  }

  /** The anchors, with an output of the network stored with each. */
  EncodedExamples with(EncodedExamples memory) {
    float[] outputs = null;
    List<Integer> left = new ArrayList<>(IntStream.range(0, memory.size()).boxed().toList());
    for (long step : path.store().anchorSteps()) {
      Set<ByteBuffer> known = payloads(path.store().anchors(step).orElseThrow());
      int[] positions =
          left.stream()
              .mapToInt(Integer::intValue)
              .filter(i -> known.contains(ByteBuffer.wrap(memory.payload(i))))
              .toArray();
      if (positions.length == 0) {
        continue;
      }
      left.removeIf(i -> known.contains(ByteBuffer.wrap(memory.payload(i))));
      for (int from = 0; from < positions.length; from += ShardData.REPLICATED_ROWS) {
        int[] part =
            Arrays.copyOfRange(
                positions, from, Math.min(positions.length, from + ShardData.REPLICATED_ROWS));
        float[] some = outputs(memory.select(part), step);
        int classes = some.length / part.length;
        outputs = outputs == null ? new float[memory.size() * classes] : outputs;
        for (int i = 0; i < part.length; i++) {
          System.arraycopy(some, i * classes, outputs, part[i] * classes, classes);
        }
      }
    }
    return memory.withOutputs(outputs);
  }

  private static Set<ByteBuffer> payloads(Anchors anchors) {
    Set<ByteBuffer> payloads = new HashSet<>();
    for (int i = 0; i < anchors.size(); i++) {
      payloads.add(ByteBuffer.wrap(anchors.examples().payload(i)));
    }
    return payloads;
  }

  private float[] outputs(EncodedExamples examples, long step) {
    float[] weights =
        step == 0 ? path.start().weights() : path.store().read(step).state().weights();
    Workers workers = walk.workers(Map.of(Sources.ANCHORS, examples));
    try (Manifold manifold = new Manifold(workers, weights);
        Point point = manifold.at(weights)) {
      return point.outputs(Sources.ANCHORS);
    }
  }
}
