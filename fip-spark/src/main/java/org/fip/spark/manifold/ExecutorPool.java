package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** The executors of an application, as they come and go. */
final class ExecutorPool extends SparkListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorPool.class);
  private static final ClassTag<Integer> INTEGER = ClassTag$.MODULE$.apply(Integer.class);
  private static final String DYNAMIC = "spark.dynamicAllocation.";
  private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,.*");

  /** How long executors may follow one another when nobody knows how many there will be. */
  private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final SparkContext spark;
  private final Map<String, Executor> alive = new ConcurrentHashMap<>();
  private long changedAt = System.nanoTime();

  /** The executors from now on; to be closed before Spark is stopped, or with it. */
  @SuppressWarnings("this-escape")
  ExecutorPool(SparkContext spark) {
    this.spark = spark;
    spark.addSparkListener(this);
    for (ExecutorSummary known :
        CollectionConverters.asJava(spark.statusStore().executorList(true))) {
      String host = known.hostPort().replaceFirst(":\\d+$", "");
      add(new Executor(known.id(), host, known.totalCores()));
    }
  }

  private synchronized void add(Executor executor) {
    // The driver is listed as well, without cores unless it runs tasks.
    if (executor.cores() > 0 && alive.put(executor.id(), executor) == null) {
      changedAt = System.nanoTime();
      notifyAll();
    }
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded event) {
    add(
        new Executor(
            event.executorId(),
            event.executorInfo().executorHost(),
            event.executorInfo().totalCores()));
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    if (alive.remove(event.executorId()) != null) {
      LOG.warn("executor {} is lost: {}", event.executorId(), event.reason());
      changedAt = System.nanoTime();
    }
  }

  /** The executors that are alive: those with most cores first, then in the order they came. */
  List<Executor> alive() {
    return alive.values().stream()
        .sorted(
            Comparator.comparingInt((Executor e) -> -e.cores())
                .thenComparingInt(e -> e.id().length())
                .thenComparing(Executor::id))
        .toList();
  }

  /** For how long there has been no executor. */
  synchronized long nanosEmpty() {
    return alive.isEmpty() ? System.nanoTime() - changedAt : 0;
  }

  /**
   * Waits until the executors that the settings ask for are there, within Spark's own limit for it.
   *
   * @throws FipException with category TEMPORARY when there is none then
   */
  synchronized List<Executor> await() {
    SparkConf conf = spark.conf();
    long limit =
        TimeUnit.MILLISECONDS.toNanos(
            conf.getTimeAsMs("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s"));
    int expected = expected(conf, spark.master());
    SimpleFutureAction<BoxedUnit> asking = alive.isEmpty() && isDynamic(conf) ? ask(conf) : null;
    long begin = System.nanoTime();
    while (!isComplete(expected)) {
      long left = limit - (System.nanoTime() - begin);
      if (left <= 0) {
        break;
      }
      try {
        wait(Math.min(100, 1 + TimeUnit.NANOSECONDS.toMillis(left)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FipException(Category.TEMPORARY, "interrupted while waiting for executors", e);
      }
    }
    if (asking != null) {
      asking.cancel();
    }
    if (alive.isEmpty()) {
      throw new FipException(
          Category.TEMPORARY,
          String.format(
              "no executor with %s memory%s has started on %s within %d s; the cluster is busy, or"
                  + " no worker has that much: lower --executor-memory or --executor-cores",
              conf.get("spark.executor.memory", "1g"),
              conf.contains("spark.executor.cores")
                  ? " and " + conf.get("spark.executor.cores") + " cores"
                  : "",
              spark.master(),
              TimeUnit.NANOSECONDS.toSeconds(limit)));
    }
    if (alive.size() < expected) {
      LOG.warn("{} of {} executors have started; going on with these", alive.size(), expected);
    }
    return alive();
  }

  private static boolean isDynamic(SparkConf conf) {
    return conf.getBoolean(DYNAMIC + "enabled", false);
  }

  /**
   * Starts tasks that do nothing, because with dynamic allocation Spark starts executors for tasks
   * that wait only, and workers are built once it is known where.
   */
  private SimpleFutureAction<BoxedUnit> ask(SparkConf conf) {
    int wanted =
        IntStream.of(
                1,
                conf.getInt(DYNAMIC + "minExecutors", 0),
                conf.getInt(DYNAMIC + "initialExecutors", 0),
                conf.getInt("spark.executor.instances", 0))
            .max()
            .getAsInt();
    int tasks = wanted * conf.getInt("spark.executor.cores", 1);
    List<Integer> all = IntStream.range(0, tasks).boxed().toList();
    RDD<Integer> each = spark.makeRDD(CollectionConverters.asScala(all).toSeq(), tasks, INTEGER);
    return spark.submitJob(
        DeviceStage.of(spark, each),
        new Nothing(),
        CollectionConverters.asScala(all.stream().<Object>map(i -> i).toList()).toSeq(),
        (partition, answer) -> BoxedUnit.UNIT,
        () -> BoxedUnit.UNIT);
  }

  /** A task as Spark's executors get it. */
  private record Nothing() implements Function1<Iterator<Integer>, Integer>, Serializable {
    @Override
    public Integer apply(Iterator<Integer> ignored) {
      return 0;
    }
  }

  private boolean isComplete(int expected) {
    if (expected > 0) {
      return alive.size() >= expected;
    }
    return !alive.isEmpty() && System.nanoTime() - changedAt > SETTLING_NANOS;
  }

  /** How many executors the settings ask for, or 0 when they do not say. */
  static int expected(SparkConf conf, String master) {
    if (master.matches("local(\\[.*])?")) {
      return 1;
    }
    if (isDynamic(conf)) {
      return 0;
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      return Integer.parseInt(cluster.group(1));
    }
    if (conf.contains("spark.executor.instances")) {
      return conf.getInt("spark.executor.instances", 0);
    }
    if (conf.contains("spark.cores.max") && conf.contains("spark.executor.cores")) {
      return conf.getInt("spark.cores.max", 0) / conf.getInt("spark.executor.cores", 1);
    }
    return 0;
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
