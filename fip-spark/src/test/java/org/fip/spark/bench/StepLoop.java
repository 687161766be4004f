package org.fip.spark.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.AnchoredSampler;
import org.fip.core.path.Constraint;
import org.fip.core.path.PathState;
import org.fip.core.path.Sampler;
import org.fip.core.path.Schedule;
import org.fip.core.path.Stretch;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.fip.spark.job.Networks;
import org.fip.spark.manifold.LocalMaster;
import org.fip.spark.manifold.TaskPool;
import org.fip.spark.manifold.WorkersFactory;
import org.fip.spark.manifold.WorkersSettings;

/**
 * Some anchored steps on real data, one shard, on workers of whatever kind.
 *
 * @param network folder of the start
 * @param keep the anchors
 * @param task what is learned
 * @param batch examples of each in a step
 * @param warm steps before those that are timed
 * @param steps steps that are timed
 */
record StepLoop(
    String network, DataSelector keep, DataSelector task, int batch, int warm, int steps)
    implements TaskPool.Work {
  private static final WorkersSettings ONE_SHARD = WorkersSettings.DEFAULT.withShards(1);

  /** Seconds of each step, and of this process's threads together for all steps. */
  @SuppressWarnings("ArrayRecordComponent")
  record Times(double[] steps, double processor) {

    @Override
    public String toString() {
      return processor
          + " "
          + Arrays.stream(steps).mapToObj(Double::toString).collect(Collectors.joining(" "));
    }

    static Times parse(String text) {
      double[] all = Arrays.stream(text.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
      return new Times(Arrays.copyOfRange(all, 1, all.length), all[0]);
    }
  }

  /** In this process, which may be an executor. */
  @Override
  public String run() {
    SparkConf here = new SparkConf(false).setMaster("local[1]");
    return time(LocalMaster.workers(here).orElseThrow()).toString();
  }

  /** On workers of this kind. */
  Times time(WorkersFactory kind) {
    Configuration hadoop = new Configuration();
    EncodedExamples tasks = DataSets.read(task, hadoop);
    int classes = Arrays.stream(tasks.labels()).max().orElseThrow() + 1;
    Network loaded = Networks.load(network, hadoop);
    Network start = loaded.withClasses(Math.max(classes, loaded.classes()));
    Map<String, EncodedExamples> data =
        Map.of("task", tasks, "anchors", DataSets.read(keep, hadoop));
    List<Term> terms =
        List.of(
            Term.task(new Batch("task", batch, Widening.NONE)),
            Term.drift(Distance.SQUARED_LOGITS, 1, new Batch("anchors", batch, Widening.NONE)));
    try (Manifold manifold =
        new Manifold(kind.open(start.definition(), ONE_SHARD, data), start.weights())) {
      Stretch stretch = new Stretch(0, warm + steps);
      return walk(
          manifold,
          new AnchoredSampler(manifold, Constraint.NONE, terms, 1e-3, Schedule.CONSTANT, stretch),
          new PathState(start.weights().clone()));
    }
  }

  private Times walk(Manifold manifold, Sampler sampler, PathState state) {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double[] seconds = new double[steps];
    long processor = 0;
    Point here = manifold.at(state.weights());
    for (int step = -warm; step < steps; step++) {
      if (step == 0) {
        processor = process.getProcessCpuTime();
      }
      long begun = System.nanoTime();
      Point next = sampler.step(here, state).point();
      state.advance();
      here.close();
      here = next;
      if (step >= 0) {
        seconds[step] = (System.nanoTime() - begun) / 1e9;
      }
    }
    here.close();
    return new Times(seconds, (process.getProcessCpuTime() - processor) / 1e9);
  }
}
