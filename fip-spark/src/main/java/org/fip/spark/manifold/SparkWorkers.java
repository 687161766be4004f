package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.ShardData;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.manifold.Workers;
import org.fip.core.network.NetworkDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Spark's executors as workers: one worker on each, with consecutive shards, one thread a shard. A
 * round is a job with one task for each worker, and one vector comes back from each, added in the
 * order of the workers: two runs on the same executors end at the same bits.
 *
 * <p>Each worker's data go out once, in a broadcast of their own that only the worker's executor
 * fetches, and that another one fetches again should that executor be lost.
 */
public final class SparkWorkers implements Workers {
  private static final Logger LOG = LoggerFactory.getLogger(SparkWorkers.class);
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);
  private static final ClassTag<float[]> FLOATS = ClassTag$.MODULE$.apply(float[].class);
  private static final ClassTag<WorkerData> DATA = ClassTag$.MODULE$.apply(WorkerData.class);

  /** How long a round waits for Spark to bring up an executor when the last one is lost. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private static final Duration POLL = Duration.create(1, TimeUnit.SECONDS);

  private final SparkContext spark;
  private final String run = UUID.randomUUID().toString();
  private final ExecutorPool executors;
  private final Placement placement;
  private final List<Broadcast<WorkerData>> data = new ArrayList<>();
  private final Map<Long, Broadcast<float[]>> live = new LinkedHashMap<>();
  private final Seq<Object> partitions;
  private RDD<Integer> tokens;
  private RDD<Integer> computing;
  private Traffic traffic = Traffic.NONE;
  private long nextVector;
  private long nextRound;

  /**
   * Divides the data sets over the executors, ships them, and builds the workers there.
   *
   * @throws FipException TEMPORARY when there is no executor, CONFIGURATION when one cannot run the
   *     network
   */
  public SparkWorkers(
      SparkContext spark,
      NetworkDefinition network,
      WorkersSettings settings,
      Map<String, EncodedExamples> data) {
    this.spark = spark;
    executors = new ExecutorPool(spark);
    boolean opened = false;
    try {
      List<Executor> present = executors.await();
      Integer shards = settings.shards();
      int count = shards != null ? shards : present.stream().mapToInt(Executor::cores).sum();
      placement = new Placement(present.subList(0, Math.min(count, present.size())));
      partitions = CollectionConverters.asScala(indices()).toSeq();
      long memory = settings.memory() / mostShards(count, shards != null);
      ship(new WorkerSpec(network, count, settings.seed(), memory), shards != null, data);
      tokens = tokens();
      computing = DeviceStage.of(spark, tokens);
      List<Share> built = submit(null, List.of());
      built.forEach(Share::require);
      report(built, count);
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  /** Workers on this application's executors. */
  public static WorkersFactory factory(JavaSparkContext spark) {
    return (network, settings, data) -> new SparkWorkers(spark.sc(), network, settings, data);
  }

  /** The most shards that one executor holds. */
  private int mostShards(int shards, boolean evenly) {
    List<Executor> workers = placement.executors();
    return evenly
        ? (shards + workers.size() - 1) / workers.size()
        : workers.stream().mapToInt(Executor::cores).max().orElse(1);
  }

  private List<Object> indices() {
    return IntStream.range(0, placement.executors().size()).<Object>mapToObj(i -> i).toList();
  }

  /** Broadcasts the part of each worker; {@code evenly} as many shards each, else by its cores. */
  private void ship(WorkerSpec spec, boolean evenly, Map<String, EncodedExamples> sets) {
    List<Map<String, ShardData>> parts = spec.divide(sets);
    List<Executor> workers = placement.executors();
    int from = 0;
    for (int worker = 0; worker < workers.size(); worker++) {
      int to =
          evenly
              ? (int) ((long) spec.shards() * (worker + 1) / workers.size())
              : from + workers.get(worker).cores();
      List<Map<String, ShardData>> own = new ArrayList<>(parts.subList(from, to));
      data.add(spark.broadcast(new WorkerData(spec, from, own), DATA));
      from = to;
    }
  }

  private void report(List<Share> built, int shards) {
    long places = built.stream().map(Share::executor).distinct().count();
    if (places < built.size()) {
      LOG.warn("{} workers share {} executors", built.size(), places);
    }
    LOG.info("{} shards on {} executors", shards, places);
  }

  /** One partition for each worker, which prefers the worker's executor. */
  private RDD<Integer> tokens() {
    List<Tuple2<Integer, Seq<String>>> preferences = new ArrayList<>();
    for (Executor executor : placement.executors()) {
      Seq<String> locations = CollectionConverters.asScala(List.of(executor.location())).toSeq();
      preferences.add(new Tuple2<>(preferences.size(), locations));
    }
    return spark.makeRDD(CollectionConverters.asScala(preferences).toSeq(), INTEGER);
  }

  @Override
  public Published publish(float[] vector) {
    Broadcast<float[]> broadcast = spark.broadcast(vector.clone(), FLOATS);
    BroadcastVector published = new BroadcastVector(nextVector++, broadcast);
    live.put(published.id(), broadcast);
    traffic = traffic.plusBroadcast(vector.length, data.size());
    return published;
  }

  @Override
  public void withdraw(Published vector) {
    Broadcast<float[]> broadcast = live.remove(vector.id());
    if (broadcast != null) {
      broadcast.destroy();
    }
  }

  @Override
  public Partial round(ShardTask task, List<Published> vectors) {
    if (placement.update(executors.alive())) {
      tokens = tokens();
      computing = DeviceStage.of(spark, tokens);
    }
    List<Share> shares = submit(task, vectors);
    long bytes = 0;
    List<Partial> partials = new ArrayList<>();
    for (Share share : shares) {
      Partial partial = share.require();
      bytes += (long) Float.BYTES * partial.vector().length;
      partials.add(partial);
    }
    traffic = traffic.plusRound(bytes);
    return Partial.add(partials);
  }

  private List<Share> submit(ShardTask task, List<Published> vectors) {
    long[] liveVectors = live.keySet().stream().mapToLong(Long::longValue).toArray();
    String[] places = placement.executors().stream().map(Executor::id).toArray(String[]::new);
    WorkerTask round = new WorkerTask(run, nextRound++, task, vectors, liveVectors, data, places);
    Share[] shares = new Share[data.size()];
    SimpleFutureAction<BoxedUnit> job =
        spark.submitJob(
            computing,
            round,
            partitions,
            (worker, share) -> {
              shares[(Integer) worker] = share;
              return BoxedUnit.UNIT;
            },
            () -> BoxedUnit.UNIT);
    await(job, round.round());
    return Arrays.asList(shares);
  }

  private void await(SimpleFutureAction<BoxedUnit> job, long round) {
    try {
      while (!job.isCompleted()) {
        waitFor(job);
        if (executors.nanosEmpty() > PATIENCE_NANOS) {
          job.cancel();
          throw new FipException(
              Category.TEMPORARY,
              "all executors are lost and no other has come for two minutes; run the same command"
                  + " again when the cluster is well, it goes on from the newest waypoint");
        }
      }
    } catch (InterruptedException e) {
      job.cancel();
      Thread.currentThread().interrupt();
      throw new FipException(Category.TEMPORARY, "interrupted in round " + round, e);
    }
    scala.util.Try<BoxedUnit> outcome = job.value().get();
    if (outcome.isFailure()) {
      Throwable cause = outcome.failed().get();
      throw new FipException(
          Category.TEMPORARY,
          String.format(
              "round %d failed: %s; run the same command again, it goes on from the newest"
                  + " waypoint",
              round, firstLine(cause)),
          cause);
    }
  }

  private static void waitFor(SimpleFutureAction<?> job) throws InterruptedException {
    try {
      Await.ready(job, POLL);
    } catch (TimeoutException e) {
      // Asked again by the caller.
    }
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
  }

  @Override
  public Traffic traffic() {
    return traffic;
  }

  @Override
  public void close() {
    executors.close();
    if (spark.isStopped()) {
      return;
    }
    try {
      if (tokens != null && !executors.alive().isEmpty()) {
        waitFor(
            spark.submitJob(
                tokens,
                new End(run),
                partitions,
                (i, done) -> BoxedUnit.UNIT,
                () -> BoxedUnit.UNIT));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    live.values().forEach(Broadcast::destroy);
    live.clear();
    data.forEach(Broadcast::destroy);
    data.clear();
  }

  /** The end of a run: its workers are closed. */
  private record End(String run) implements Function1<Iterator<Integer>, Boolean>, Serializable {
    @Override
    public Boolean apply(Iterator<Integer> token) {
      WorkerHost.close(run);
      return true;
    }
  }
}
