package org.fip.spark.manifold;

import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;

/**
 * Spark's settings that this application works best with, for those that the user has not given.
 * They are set before the context is made, so they hold under a plain {@code spark-submit} too.
 */
public final class SparkSetup {
  private static final String SERIALIZER = "spark.serializer";
  private static final String REGISTRATOR = "spark.kryo.registrator";

  private SparkSetup() {}

  /** Completes the settings and returns them. */
  public static SparkConf complete(SparkConf conf) {
    serialization(conf);
    traffic(conf);
    engine(conf);
    // Workers stay where their data are, yet a lost executor holds up its round only that long.
    conf.setIfMissing("spark.locality.wait", "2s");
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    return conf;
  }

  private static void serialization(SparkConf conf) {
    String kryo = KryoSerializer.class.getName();
    conf.setIfMissing(SERIALIZER, kryo);
    if (!conf.get(SERIALIZER).equals(kryo)) {
      return;
    }
    conf.setIfMissing("spark.kryo.registrationRequired", "true");
    conf.setIfMissing("spark.kryo.unsafe", "true");
    conf.setIfMissing("spark.kryoserializer.buffer.max", "256m");
    String ours = FipKryoRegistrator.class.getName();
    String given = conf.get(REGISTRATOR, "");
    if (!given.contains(ours)) {
      conf.set(REGISTRATOR, given.isBlank() ? ours : given + "," + ours);
    }
  }

  /** Vectors are dense floats, which compress badly; checksums are the transport's business. */
  private static void traffic(SparkConf conf) {
    conf.setIfMissing("spark.broadcast.compress", "false");
    conf.setIfMissing("spark.broadcast.checksum", "false");
    // Every broadcast, and so every round's task, fills a buffer of this size with zeros first.
    conf.setIfMissing("spark.broadcast.blockSize", "2m");
    // A share of a small network comes back with the task's end and need not be asked for.
    conf.setIfMissing("spark.task.maxDirectResultSize", "16m");
    conf.setIfMissing("spark.shuffle.compress", "false");
    conf.setIfMissing("spark.shuffle.spill.compress", "false");
    conf.setIfMissing("spark.driver.maxResultSize", "0");
  }

  /** One engine thread a shard, no look at the network, freed tensors kept by the process. */
  private static void engine(SparkConf conf) {
    conf.setIfMissing(
        "spark.executor.defaultJavaOptions", "-Dai.djl.offline=true -DOPT_OUT_TRACKING=true");
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    conf.setIfMissing("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE");
    conf.setIfMissing("spark.executorEnv.MALLOC_MMAP_THRESHOLD_", "1073741824");
    conf.setIfMissing("spark.executorEnv.MALLOC_TRIM_THRESHOLD_", "4294967296");
  }
}
