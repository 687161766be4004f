package org.fip.spark.bench;

import java.util.Arrays;
import java.util.Collections;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Sums of one vector a partition as Spark offers them. */
final class Rivals {
  private final JavaRDD<Integer> partitions;
  private final int parameters;

  Rivals(SparkContext spark, int partitions, int parameters) {
    this.partitions =
        JavaSparkContext.fromSparkContext(spark)
            .parallelize(Collections.nCopies(partitions, parameters), partitions);
    this.parameters = parameters;
  }

  void reduce() {
    require(partitions.map(Rivals::vector).reduce(Rivals::add));
  }

  void tree() {
    require(
        partitions.map(Rivals::vector).treeAggregate(new float[0], Rivals::add, Rivals::add, 2));
  }

  private static float[] vector(int length) {
    float[] vector = new float[length];
    Arrays.fill(vector, 1e-3f);
    return vector;
  }

  private static float[] add(float[] a, float[] b) {
    if (a.length == 0) {
      return b;
    }
    for (int i = 0; i < b.length; i++) {
      a[i] += b[i];
    }
    return a;
  }

  private void require(float[] sum) {
    if (sum.length != parameters || !(sum[0] > 1e-3f)) {
      throw new IllegalStateException("a wrong sum");
    }
  }
}
