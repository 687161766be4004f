package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.ShardData;
import org.fip.core.manifold.ShardTask;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.Wire;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.manifold.Workers;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.path.Itinerary;
import org.fip.core.path.PathState;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Spark's executors as workers: one worker on each, with consecutive shards, one thread a shard. A
 * round is a job with one task for each worker, and one vector comes back from each, added in the
 * order of the workers: two runs on the same executors end at the same bits. A long vector stays
 * with its worker, and comes over a connection of its own that lasts as long as the run; where
 * Spark is to encrypt what travels, or there is no connection, Spark brings it.
 *
 * <p>Each worker's data go out once, in a broadcast of their own that only the worker's executor
 * fetches, and that another one fetches again should that executor be lost.
 */
public final class SparkWorkers implements Workers {
  private static final Logger LOG = LoggerFactory.getLogger(SparkWorkers.class);
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);
  private static final ClassTag<WorkerData> DATA = ClassTag$.MODULE$.apply(WorkerData.class);

  private static final ClassTag<LegAnswer> ANSWER = ClassTag$.MODULE$.apply(LegAnswer.class);
  private static final String INTERRUPT = "spark.job.interruptOnCancel";

  /** Most floats that travel as one object: 256 MB, where Spark's limit is 2 GB. */
  private static final int BLOCK = 1 << 26;

  /** Floats that come with the end of a task: 64 KB, above which a connection is faster. */
  private static final int WITH_ANSWER = 1 << 14;

  /** How often a share that is gone is computed anew, before a round fails. */
  private static final int ATTEMPTS = 4;

  private final SparkContext spark;
  private final String run = UUID.randomUUID().toString();
  private final ExecutorPool executors;
  private final Placement placement;
  private final List<Broadcast<WorkerData>> data = new ArrayList<>();
  private final Map<Long, BroadcastVector> live = new LinkedHashMap<>();
  private final SparkJobs jobs;
  private final WorkersSettings settings;
  private final Wire wire;
  private final int block;
  private final ShareTotals totals;
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
    this(
        spark,
        network,
        settings,
        data,
        BLOCK,
        StageChoice.encryption(spark.conf()).isEmpty() ? WITH_ANSWER : BLOCK);
  }

  /**
   * The same with other limits.
   *
   * @param block most floats in one object that travels
   * @param withAnswer most floats in an answer; connections bring more than that when it is less
   *     than a block, else Spark does
   */
  SparkWorkers(
      SparkContext spark,
      NetworkDefinition network,
      WorkersSettings settings,
      Map<String, EncodedExamples> data,
      int block,
      int withAnswer) {
    this.spark = spark;
    this.block = block;
    this.settings = settings;
    executors = new ExecutorPool(spark);
    jobs = new SparkJobs(spark, executors);
    boolean opened = false;
    try {
      List<Executor> present = executors.await();
      Integer shards = settings.shards();
      int count = shards != null ? shards : present.stream().mapToInt(Executor::cores).sum();
      placement = new Placement(present.subList(0, Math.min(count, present.size())));
      // Of one worker nothing is added up, and nothing is rounded.
      wire = placement.executors().size() > 1 ? settings.wire() : Wire.FLOAT32;
      totals = new ShareTotals(wire, block, withAnswer, this::fetch);
      long memory = settings.memory() / mostShards(count, shards != null);
      ship(new WorkerSpec(network, count, settings.seed(), memory), shards != null, data);
      tokens = tokens();
      computing = DeviceStage.of(spark, tokens);
      List<Share> built = submit(null, List.of());
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
    BroadcastVector published = BroadcastVector.of(spark, nextVector++, vector, block);
    live.put(published.id(), published);
    traffic = traffic.plusBroadcast(vector.length, data.size());
    return published;
  }

  @Override
  public void withdraw(Published vector) {
    BroadcastVector published = live.remove(vector.id());
    if (published != null) {
      published.destroy();
    }
  }

  @Override
  public Partial round(ShardTask task, List<Published> vectors) {
    for (int attempt = 1; ; attempt++) {
      follow();
      long number = nextRound;
      List<Share> shares = submit(task, vectors);
      Optional<float[]> total = totals.vector(number, shares);
      if (total.isPresent()) {
        traffic = traffic.plusRound((long) wire.bytes() * total.get().length * shares.size());
        return new Partial(total.get(), ShareTotals.scalars(shares));
      }
      if (attempt == ATTEMPTS) {
        throw new FipException(
            Category.TEMPORARY,
            String.format(
                "round %d failed: executors are lost before they have sent their shares; run the"
                    + " same command again, it goes on from the newest waypoint",
                number));
      }
    }
  }

  /** Sends workers of lost executors elsewhere. */
  private void follow() {
    if (placement.update(executors.alive())) {
      tokens = tokens();
      computing = DeviceStage.of(spark, tokens);
    }
  }

  /** A part of what each worker holds since a round or leg. */
  List<Share> fetch(long number, FetchTask.Piece[] pieces, Wire format) {
    return jobs.run(
            tokens, new FetchTask(run, number, pieces, format), new Share[data.size()], "a copy")
        .require("round " + number);
  }

  /**
   * Who walks with these workers: this thread, or all executors at once where the settings of the
   * workers, or else their number and the length of the vectors, ask for it.
   *
   * @throws FipException CONFIGURATION when the settings ask for what this application cannot do
   */
  public static Walker walker(
      Workers workers, Manifold manifold, Itinerary itinerary, Walk.Listener listener) {
    Walker here = itinerary.on(manifold, listener);
    return workers instanceof SparkWorkers spark
        ? spark.walker(manifold, itinerary, here, listener)
        : here;
  }

  private Walker walker(
      Manifold manifold, Itinerary itinerary, Walker driver, Walk.Listener listener) {
    int length = live.get(manifold.reference().id()).length();
    return StageChoice.of(spark.conf(), settings.communication(), data.size())
            .isStage(itinerary.roundsOfALeg(manifold), length)
        ? new StageWalker(this, itinerary, manifold.origins(), driver, listener)
        : driver;
  }

  /** Whether a task of each worker can run at once. */
  boolean hasRoomForAll() {
    follow();
    ResourceProfile profile =
        computing.getResourceProfile() == null
            ? spark.resourceProfileManager().defaultResourceProfile()
            : computing.getResourceProfile();
    return spark.maxNumConcurrentTasks(profile) >= data.size();
  }

  /** A number that no round or leg of this run has. */
  long takeNumber() {
    return nextRound++;
  }

  /** The weights and vectors of a state, for all workers; the caller destroys them. */
  List<BroadcastVector> broadcast(PathState state) {
    return LegStart.vectors(state).stream()
        .map(vector -> BroadcastVector.of(spark, nextVector++, vector, block))
        .toList();
  }

  /** Runs a leg on all workers at once. */
  SparkJobs.Outcome<LegAnswer> stage(LegTask leg, Runnable meanwhile) {
    RDD<LegAnswer> ranks = computing.barrier().mapPartitions(leg, false, ANSWER);
    String before = spark.getLocalProperty(INTERRUPT);
    // A rank that waits for one that is lost must not wait for its connection to find out.
    spark.setLocalProperty(INTERRUPT, "true");
    try {
      return jobs.run(
          ranks, new First(), new LegAnswer[data.size()], "leg " + leg.number(), meanwhile);
    } finally {
      spark.setLocalProperty(INTERRUPT, before);
    }
  }

  StageProgress progress() {
    return new StageProgress(spark);
  }

  String run() {
    return run;
  }

  List<Broadcast<WorkerData>> data() {
    return List.copyOf(data);
  }

  Wire wire() {
    return wire;
  }

  int block() {
    return block;
  }

  private List<Share> submit(ShardTask task, List<Published> vectors) {
    long[] liveVectors = live.keySet().stream().mapToLong(Long::longValue).toArray();
    String[] places = placement.executors().stream().map(Executor::id).toArray(String[]::new);
    WorkerTask round =
        new WorkerTask(
            run,
            nextRound++,
            task,
            vectors,
            liveVectors,
            data,
            places,
            wire,
            totals.most(),
            totals.secret());
    String name = "round " + round.round();
    List<Share> shares = jobs.run(computing, round, new Share[data.size()], name).require(name);
    shares.forEach(Share::require);
    return shares;
  }

  @Override
  public Traffic traffic() {
    return traffic;
  }

  @Override
  public void close() {
    executors.close();
    if (totals != null) {
      totals.close();
    }
    if (spark.isStopped()) {
      return;
    }
    if (tokens != null && !executors.alive().isEmpty()) {
      jobs.tell(tokens, new End(run), new Boolean[data.size()]);
    }
    live.values().forEach(BroadcastVector::destroy);
    live.clear();
    data.forEach(Broadcast::destroy);
    data.clear();
  }

  /** The answer of a rank. */
  private record First() implements Function1<Iterator<LegAnswer>, LegAnswer>, Serializable {
    @Override
    public LegAnswer apply(Iterator<LegAnswer> answers) {
      return answers.next();
    }
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
