package org.fip.spark.manifold;

import ai.djl.Device;
import java.io.Serializable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Origins;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.SyntheticWorkers;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.Wire;
import org.fip.core.manifold.Worker;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.path.PathState;
import org.fip.core.path.Sampler;
import org.fip.core.path.SamplerFactory;
import org.fip.spark.allreduce.AllReduce;
import org.fip.spark.allreduce.Limits;
import org.fip.spark.allreduce.Mesh;
import org.fip.spark.allreduce.Ports;
import org.fip.spark.allreduce.Secret;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Calls of a sampler, or sums alone, on the ranks of a barrier stage, as a leg takes them, with
 * vectors of any length and no examples; timed by rank 0.
 *
 * @param parameters length of a vector
 * @param calls how many are timed, after one that is not
 * @param wire how shares travel
 * @param secret of the ranks
 * @param sampler whose calls are timed, or null for sums alone
 */
public record StageSteps(
    int parameters, int calls, Wire wire, Secret secret, SamplerFactory sampler)
    implements Function1<Iterator<Integer>, Iterator<double[]>>, Serializable {

  /** Seconds of each call. */
  public static double[] run(
      SparkContext spark, int ranks, int parameters, int calls, Wire wire, SamplerFactory sampler) {
    StageSteps task = new StageSteps(parameters, calls, wire, Secret.random(), sampler);
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < ranks; i++) {
      tokens.add(i);
    }
    RDD<double[]> times =
        JavaSparkContext.fromSparkContext(spark)
            .parallelize(tokens, ranks)
            .rdd()
            .barrier()
            .mapPartitions(task, false, ClassTag$.MODULE$.apply(double[].class));
    return times.toJavaRDD().collect().get(0);
  }

  @Override
  public Iterator<double[]> apply(Iterator<Integer> token) {
    try {
      return CollectionConverters.asScala(List.of(times()).iterator());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private double[] times() throws java.io.IOException {
    BarrierTaskContext context = BarrierTaskContext.get();
    int rank = context.partitionId();
    int ranks = context.getTaskInfos().length;
    InetAddress host = InetAddress.getByName(SparkEnv.get().blockManager().blockManagerId().host());
    try (Mesh mesh = Mesh.listen(host, Ports.ANY, secret, rank, ranks, Limits.DEFAULT)) {
      new Meeting(context).connect(mesh, true);
      try (AllReduce sums = new AllReduce(mesh, wire, 1)) {
        return sampler == null ? sums(sums) : steps(sums, rank, ranks);
      }
    }
  }

  private double[] sums(AllReduce sums) {
    float[] vector = new float[parameters];
    double[] seconds = new double[calls];
    for (int call = -1; call < calls; call++) {
      Arrays.fill(vector, 1e-3f);
      sums.sum(0, Partial.of());
      long begun = System.nanoTime();
      sums.sum(0, new Partial(vector, new double[1]));
      if (call >= 0) {
        seconds[call] = (System.nanoTime() - begun) / 1e9;
      }
    }
    return seconds;
  }

  private double[] steps(AllReduce sums, int rank, int ranks) {
    WorkerSpec spec =
        new WorkerSpec(TinyWalk.network().definition(), ranks, 1, WorkersSettings.MEMORY);
    double[] seconds = new double[calls];
    try (Worker worker =
        new Worker(
            spec, rank, spec.divide(TinyWalk.data()).subList(rank, rank + 1), Device.cpu())) {
      BroadcastVector nothing = new BroadcastVector(-1, 1, List.of());
      Manifold manifold =
          new Manifold(
              new SyntheticWorkers(
                  new RankWorkers(worker, sums, 0, new Origins(nothing)), parameters),
              new float[1]);
      PathState state = new PathState(new float[parameters]);
      Sampler own = sampler.on(manifold);
      Point here = manifold.at(state.weights());
      for (int call = -1; call < calls; call++) {
        long begun = System.nanoTime();
        Sampler.Step step = own.step(here, state);
        for (int i = 0; i < own.stride(); i++) {
          state.advance();
        }
        here.close();
        here = step.point();
        if (call >= 0) {
          seconds[call] = (System.nanoTime() - begun) / 1e9;
        }
      }
      here.close();
    }
    return seconds;
  }
}
