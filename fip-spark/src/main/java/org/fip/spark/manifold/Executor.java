package org.fip.spark.manifold;

/**
 * An executor that is alive.
 *
 * @param id Spark's identifier
 * @param host the machine, as Spark names it
 * @param cores tasks that it runs at once
 */
record Executor(String id, String host, int cores) {

  /** The executor as a preferred location of a partition. */
  String location() {
    // Spark cuts the location at underscores; only the identifier has to be exact.
    return "executor_" + host.replace('_', '-') + "_" + id;
  }
}
