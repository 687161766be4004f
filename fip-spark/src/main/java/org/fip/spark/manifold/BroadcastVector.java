package org.fip.spark.manifold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.fip.core.manifold.Published;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A vector that executors fetch when they first ask for it, in blocks, because what Spark sends in
 * one piece must not have more than 2 GB.
 */
record BroadcastVector(long id, int length, List<Broadcast<float[]>> blocks) implements Published {
  private static final ClassTag<float[]> FLOATS = ClassTag$.MODULE$.apply(float[].class);

  /** A copy of the vector, in blocks of so many floats. */
  static BroadcastVector of(SparkContext spark, long id, float[] vector, int block) {
    List<Broadcast<float[]>> blocks = new ArrayList<>();
    int from = 0;
    do {
      int to = from + Math.min(block, vector.length - from);
      blocks.add(spark.broadcast(Arrays.copyOfRange(vector, from, to), FLOATS));
      from = to;
    } while (from < vector.length);
    return new BroadcastVector(id, vector.length, List.copyOf(blocks));
  }

  @Override
  public float[] value() {
    return blocks.size() == 1 ? blocks.get(0).value() : copy();
  }

  /** The vector as an array of the caller's. */
  float[] copy() {
    float[] vector = new float[length];
    int from = 0;
    for (Broadcast<float[]> block : blocks) {
      float[] part = block.value();
      System.arraycopy(part, 0, vector, from, part.length);
      from += part.length;
    }
    return vector;
  }

  void destroy() {
    blocks.forEach(Broadcast::destroy);
  }
}
