package org.fip.spark.manifold;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master that is this very process. Its one executor would be the driver, so a round through
 * Spark's scheduler would only hand a vector from here to here: the shards are called directly,
 * without Spark, and end at the same bits.
 */
public final class LocalMaster {
  private static final Logger LOG = LoggerFactory.getLogger(LocalMaster.class);
  private static final Pattern MASTER =
      Pattern.compile("local(?:\\[\\s*(\\*|\\d{1,9})\\s*(?:,\\s*\\d+\\s*)?])?");

  private LocalMaster() {}

  /** How many tasks a master runs at once; empty when it is not this process. */
  static OptionalInt cores(String master) {
    Matcher local = MASTER.matcher(master);
    if (!local.matches()) {
      return OptionalInt.empty();
    }
    String threads = local.group(1);
    if (threads == null) {
      return OptionalInt.of(1);
    }
    int cores =
        threads.equals("*")
            ? Runtime.getRuntime().availableProcessors()
            : Integer.parseInt(threads);
    // What Spark itself refuses is left to Spark, which says why.
    return cores > 0 ? OptionalInt.of(cores) : OptionalInt.empty();
  }

  /**
   * Workers of this process, with one shard a core unless they are told otherwise; empty when the
   * master is elsewhere.
   */
  public static Optional<WorkersFactory> workers(SparkConf conf) {
    OptionalInt cores = cores(conf.get("spark.master", ""));
    return cores.isEmpty() ? Optional.empty() : Optional.of(workers(conf, cores.getAsInt()));
  }

  private static WorkersFactory workers(SparkConf conf, int cores) {
    return (network, settings, data) -> {
      int shards = settings.shards() == null ? cores : settings.shards();
      LOG.info("{} shards in this process", shards);
      return new LocalWorkers(
          new WorkerSpec(network, shards, settings.seed(), settings.memory() / shards),
          data,
          Devices.ofDriver(conf));
    };
  }
}
