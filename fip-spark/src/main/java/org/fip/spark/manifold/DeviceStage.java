package org.fip.spark.manifold;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * Stages that compute on a device. Where executors have GPUs, each task of such a stage holds one,
 * by a profile of its own; all other stages hold none, so they run while every GPU is in use. Who
 * sets {@value #TASK_AMOUNT} decides for all stages alike.
 */
final class DeviceStage {
  private static final String GPU = "gpu";
  private static final String EXECUTOR_AMOUNT = "spark.executor.resource.gpu.amount";
  private static final String TASK_AMOUNT = "spark.task.resource.gpu.amount";
  private static final String TASK_CPUS = "spark.task.cpus";

  private DeviceStage() {}

  /** The partitions, whose tasks hold a GPU each where there are any. */
  static <T> RDD<T> of(SparkContext spark, RDD<T> partitions) {
    SparkConf conf = spark.conf();
    if (gpus(conf) == 0
        || conf.contains(TASK_AMOUNT)
        || LocalMaster.cores(spark.master()).isPresent()) {
      return partitions;
    }
    TaskResourceRequests one =
        new TaskResourceRequests().cpus(conf.getInt(TASK_CPUS, 1)).resource(GPU, 1);
    return partitions.withResources(new ResourceProfileBuilder().require(one).build());
  }

  /** How many tasks of such a stage an executor with these cores runs at once. */
  static int slots(SparkConf conf, int cores) {
    int slots = cores / conf.getInt(TASK_CPUS, 1);
    double perTask = conf.getDouble(TASK_AMOUNT, 1);
    if (gpus(conf) > 0 && perTask > 0) {
      // Tasks share a GPU or have whole ones.
      double tasks = gpus(conf) * (perTask < 1 ? Math.floor(1 / perTask) : 1 / perTask);
      slots = (int) Math.min(slots, tasks);
    }
    return Math.max(1, slots);
  }

  private static int gpus(SparkConf conf) {
    return conf.getInt(EXECUTOR_AMOUNT, 0);
  }
}
