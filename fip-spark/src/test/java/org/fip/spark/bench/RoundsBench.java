package org.fip.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Published;
import org.fip.core.manifold.SyntheticWorkers;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Traffic;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.path.AnchoredSampler;
import org.fip.core.path.Constraint;
import org.fip.core.path.GeodesicSampler;
import org.fip.core.path.LocalStepsSampler;
import org.fip.core.path.PathState;
import org.fip.core.path.Sampler;
import org.fip.core.path.SamplerFactory;
import org.fip.core.path.Schedule;
import org.fip.core.path.Solver;
import org.fip.core.path.Stretch;
import org.fip.spark.manifold.SparkSetup;
import org.fip.spark.manifold.SparkWorkers;
import org.fip.spark.manifold.WorkersSettings;

/**
 * What a step costs in rounds, bytes and seconds on two executors of one core each, for each
 * sampler, with vectors of given lengths and no examples; beside the time that the same bytes take
 * through one loopback socket, and beside a model, which also says what to expect of more executors
 * over a network.
 *
 * <p>The model: a step of R rounds that broadcasts B vectors and reduces V from each of N executors
 * takes R a + B P4 (s + 2 / w) + V N P4 (r + 1 / w) seconds. P4 are a vector's bytes; a is an empty
 * round, s the driver's and the executors' work for a broadcast byte, r the driver's for each byte
 * that comes back, all measured here; w is the bandwidth of a link in bytes per second. Executors
 * pass broadcasts on among themselves, so that the last one has it after some two transfers; what
 * comes back goes through the driver's one link. On loopback the transfer itself is part of s and
 * r. The driver's arithmetic and the executors' products are not in it; what each executor does to
 * send its vector is in r, as if all did it one after the other, so that many executors come out
 * rather too slow.
 */
public final class RoundsBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LOCAL_STEPS = 8;
  private static final int ITERATIONS = 5;
  private static final int SHORT = 1_000_000;
  private static final Stretch STRETCH = new Stretch(0, 1 << 20);
  static final int[] MANY = {8, 16, 32, 64};
  static final int[] GIGABITS = {25, 100, 400};

  private final int repetitions;
  private final List<String> only;
  private final SparkContext spark;
  private final int executors;
  private final StageBench stages;
  private double bandwidth;
  private final ArrayNode measured = JSON.createArrayNode();
  private final ArrayNode primitives = JSON.createArrayNode();
  private final ArrayNode predicted = JSON.createArrayNode();
  private final ArrayNode rivals = JSON.createArrayNode();

  private RoundsBench(int repetitions, List<String> only, int executors, SparkContext spark) {
    this.only = only;
    this.repetitions = repetitions;
    this.executors = executors;
    this.spark = spark;
    stages = new StageBench(spark, executors, repetitions);
  }

  /**
   * Arguments: {@code --sizes} lengths of vectors in thousands, {@code --rounds} repetitions,
   * {@code --only} samplers to measure, all are predicted, {@code --modes} who takes the steps, and
   * rivals, {@code --executors} how many, {@code --memory} of an executor in MiB, {@code --out}
   * file.
   */
  public static void main(String[] arguments) throws Exception {
    Options given = new Options(List.of(arguments));
    int executors = given.number("--executors", 2);
    int memory = given.number("--memory", 2048);
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local-cluster[%d,1,%d]".formatted(executors, memory))
            .setAppName("rounds")
            .set("spark.executor.memory", memory + "m")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            // Times and rivals travel too.
            .set("spark.kryo.registrationRequired", "false")
            // Vectors are large arrays, which G1 puts in regions of their own.
            .set("spark.executor.extraJavaOptions", "-XX:+UseParallelGC")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    SparkContext spark = new SparkContext(SparkSetup.complete(conf));
    ObjectNode result = JSON.createObjectNode();
    try {
      String all = String.join(",", variants().stream().map(Variant::key).toList());
      RoundsBench bench =
          new RoundsBench(
              given.number("--rounds", 7), given.several("--only", all), executors, spark);
      List<String> modes = given.several("--modes", "driver,executors,rivals");
      for (String size : given.several("--sizes", "270,11000")) {
        bench.measure(1000 * Integer.parseInt(size), modes);
      }
      result.put("commit", System.getProperty("fip.commit"));
      result.put("cores", Runtime.getRuntime().availableProcessors());
      result.put("jdk", Runtime.version().toString());
      result.put("executors", executors);
      result.put("loopbackBytesPerSecond", bench.bandwidth);
      result.set("costs", bench.primitives);
      result.set("measured", bench.measured);
      result.set("predicted", bench.predicted);
      result.set("rivals", bench.rivals);
      bench.stages.report(result);
    } finally {
      spark.stop();
    }
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
    String file = given.text("--out", null);
    if (file == null) {
      System.out.print(text);
    } else {
      Files.writeString(Path.of(file), text);
    }
  }

  /** What a round costs on these executors: seconds, and seconds a byte. */
  private record Costs(double round, double broadcastByte, double reducedByte) {

    double step(Variant variant, double parameters, int executors, double link) {
      double bytes = 4 * parameters;
      double wire = link == 0 ? 0 : 1 / link;
      return (variant.rounds * round
              + variant.broadcasts * bytes * (broadcastByte + 2 * wire)
              + variant.reductions * executors * bytes * (reducedByte + wire))
          / variant.steps;
    }
  }

  /** A sampler, and what it communicates in one call. */
  record Variant(
      String key,
      String name,
      int steps,
      int rounds,
      int broadcasts,
      int reductions,
      SamplerFactory making) {}

  private static List<Variant> variants() {
    List<Term> terms =
        List.of(
            Term.task(Batch.all("task")),
            Term.drift(Distance.SQUARED_LOGITS, 1, Batch.all("anchors")));
    return List.of(
        new Variant(
            "anchored",
            "anchored",
            1,
            1,
            1,
            1,
            manifold ->
                new AnchoredSampler(
                    manifold, Constraint.NONE, terms, 1e-3, Schedule.CONSTANT, STRETCH)),
        new Variant(
            "local-steps",
            "anchored, localSteps " + LOCAL_STEPS,
            LOCAL_STEPS,
            1,
            3,
            3,
            manifold ->
                new LocalStepsSampler(
                    manifold, terms, 1e-3, Schedule.CONSTANT, STRETCH, LOCAL_STEPS)),
        new Variant(
            "exact",
            "geodesic exact, %d iterations".formatted(ITERATIONS),
            1,
            ITERATIONS + 2,
            ITERATIONS + 1,
            ITERATIONS + 1,
            manifold -> geodesic(manifold, terms, Solver.EXACT)),
        new Variant(
            "local",
            "geodesic local, %d iterations".formatted(ITERATIONS),
            1,
            2,
            3,
            2,
            manifold -> geodesic(manifold, terms, Solver.LOCAL)));
  }

  private static Sampler geodesic(Manifold manifold, List<Term> terms, Solver solver) {
    GeodesicSampler.Settings settings =
        new GeodesicSampler.Settings(
            solver, Metric.EUCLIDEAN, Batch.all("anchors"), 1, ITERATIONS, 1e9, 1e9, 1e-3, 0);
    return new GeodesicSampler(
        manifold, Constraint.NONE, terms, settings, Schedule.CONSTANT, STRETCH);
  }

  private void measure(int parameters, List<String> modes) throws Exception {
    bandwidth = Loopback.bytesPerSecond();
    if (modes.contains("executors")) {
      stages.measure(
          parameters,
          variants().stream().filter(variant -> only.contains(variant.key())).toList(),
          bandwidth);
    }
    if (modes.contains("driver") || modes.contains("rivals")) {
      inDriver(parameters, modes);
    }
  }

  private void inDriver(int parameters, List<String> modes) {
    SyntheticWorkers workers =
        new SyntheticWorkers(
            new SparkWorkers(
                spark,
                TinyWalk.network().definition(),
                new WorkersSettings(1, executors, WorkersSettings.MEMORY),
                TinyWalk.data()),
            parameters);
    // The reference, which no synthetic task reads, is one number.
    try (Manifold manifold = new Manifold(workers, new float[1])) {
      if (modes.contains("rivals")) {
        rivals(workers, parameters);
      }
      if (!modes.contains("driver")) {
        return;
      }
      Costs costs = costs(workers, parameters);
      for (Variant variant : variants()) {
        if (only.contains(variant.key)) {
          measured.add(measure(variant, manifold, parameters, costs));
        }
        for (int many : MANY) {
          for (int gigabits : GIGABITS) {
            predicted
                .addObject()
                .put("parameters", parameters)
                .put("variant", variant.name)
                .put("executors", many)
                .put("gigabitsPerSecond", gigabits)
                .put("secondsPerStep", costs.step(variant, parameters, many, gigabits * 1e9 / 8));
          }
        }
      }
    }
  }

  private ObjectNode measure(Variant variant, Manifold manifold, int parameters, Costs costs) {
    PathState state = new PathState(new float[parameters]);
    Sampler sampler = variant.making.on(manifold);
    Point[] here = {manifold.at(state.weights())};
    Traffic[] before = new Traffic[1];
    Times times =
        time(
            () -> {
              before[0] = manifold.traffic();
              Sampler.Step step = sampler.step(here[0], state);
              for (int i = 0; i < sampler.stride(); i++) {
                state.advance();
              }
              here[0].close();
              here[0] = step.point();
            });
    here[0].close();
    Traffic after = manifold.traffic();
    long rounds = after.rounds() - before[0].rounds();
    long broadcast = after.bytesBroadcast() - before[0].bytesBroadcast();
    long reduced = after.bytesReduced() - before[0].bytesReduced();
    long vectors = 4L * parameters * executors;
    if (rounds != variant.rounds
        || broadcast != variant.broadcasts * vectors
        || reduced != variant.reductions * vectors) {
      throw new IllegalStateException(variant + " communicated " + rounds + " rounds, " + after);
    }
    double steps = variant.steps;
    return JSON.createObjectNode()
        .put("parameters", parameters)
        .put("variant", variant.name)
        .put("roundsPerStep", rounds / steps)
        .put("bytesBroadcastPerStep", broadcast / steps)
        .put("bytesReducedPerStep", reduced / steps)
        .put("secondsPerStep", times.median / steps)
        .put("leastSecondsPerStep", times.least / steps)
        .put("idealSecondsPerStep", (broadcast + reduced) / bandwidth / steps)
        .put("modelSecondsPerStep", costs.step(variant, parameters, executors, 0));
  }

  /** Least times, after a pass that does not count: what else the machine does is not a cost. */
  private Costs costs(SyntheticWorkers workers, int parameters) {
    float[] vector = new float[parameters];
    Runnable broadcast =
        () -> {
          Published published = workers.publish(vector);
          workers.exchange(0, List.of(published));
          workers.withdraw(published);
        };
    Runnable reduction = () -> workers.exchange(parameters, List.of());
    Runnable nothing = () -> workers.exchange(0, List.of());
    for (int pass = 0; pass < 3; pass++) {
      time(nothing);
    }
    time(broadcast);
    time(reduction);
    double round = time(nothing).least;
    double bytes = 4.0 * parameters;
    Costs costs =
        new Costs(
            round,
            Math.max(0, time(broadcast).least - round) / bytes,
            Math.max(0, time(reduction).least - round) / bytes / executors);
    primitives
        .addObject()
        .put("parameters", parameters)
        .put("emptyRoundSeconds", round)
        .put("broadcastSecondsPerByte", costs.broadcastByte)
        .put("reducedSecondsPerByte", costs.reducedByte);
    return costs;
  }

  /**
   * The same vectors brought back by the product's own round and by what Spark offers, in turns.
   */
  private void rivals(SyntheticWorkers workers, int parameters) {
    Map<String, Runnable> ways = new LinkedHashMap<>();
    ways.put("round", () -> workers.exchange(parameters, List.of()));
    for (int partitions : new int[] {executors, 4 * executors}) {
      Rivals rival = new Rivals(spark, partitions, parameters);
      ways.put("reduce, %d partitions".formatted(partitions), rival::reduce);
      ways.put("treeAggregate, %d partitions".formatted(partitions), rival::tree);
    }
    // Short rounds are few milliseconds more or less, so they take more turns, and the first do not
    // count, in which Java compiles.
    boolean isShort = parameters < SHORT;
    int turns = isShort ? 5 * repetitions : repetitions;
    Map<String, double[]> seconds = new LinkedHashMap<>();
    ways.keySet().forEach(way -> seconds.put(way, new double[turns]));
    for (int i = isShort ? -turns : -1; i < turns; i++) {
      for (Map.Entry<String, Runnable> way : ways.entrySet()) {
        long begun = System.nanoTime();
        way.getValue().run();
        if (i >= 0) {
          seconds.get(way.getKey())[i] = (System.nanoTime() - begun) / 1e9;
        }
      }
    }
    ObjectNode entry = rivals.addObject().put("parameters", parameters);
    seconds.forEach(
        (way, times) -> {
          Arrays.sort(times);
          entry.putObject(way).put("seconds", times[turns / 2]).put("leastSeconds", times[0]);
        });
  }

  private record Times(double median, double least) {}

  /** Times of the repetitions, after one that does not count. */
  private Times time(Runnable work) {
    double[] seconds = new double[repetitions];
    work.run();
    for (int i = 0; i < repetitions; i++) {
      long begun = System.nanoTime();
      work.run();
      seconds[i] = (System.nanoTime() - begun) / 1e9;
    }
    Arrays.sort(seconds);
    return new Times(seconds[repetitions / 2], seconds[0]);
  }
}
