package org.fip.spark.explore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.manifold.Workers;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.spark.data.DataSelector;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.job.Jobs;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkPaused;
import org.fip.spark.live.LivePaths;
import org.fip.spark.live.StatusWriter;
import org.fip.spark.live.tensorboard.TensorBoardFiles;
import org.fip.spark.manifold.Devices;
import org.fip.spark.manifold.TaskPool;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Measure;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.PathStore;

/**
 * One path in one task: the job of the command, with all shards in this process, on the device that
 * Spark gave to the task. A failure is an answer as well, so that Spark does not try again what the
 * driver may know better.
 *
 * @param before state of the point, as JSON
 * @param command whose job it is
 * @param recipe of the path, as JSON
 * @param store folder of the path store
 * @param points folder where the state is written
 * @param until the step to stop at
 * @param steps length of the path
 * @param neighbours how many paths one executor walks at once, which share its memory
 * @param hadoop how file systems are reached
 * @param data examples by selection, fetched once by each executor
 */
record PointTask(
    String before,
    Command command,
    String recipe,
    String store,
    String points,
    long until,
    long steps,
    int neighbours,
    Broadcast<SerializableConfiguration> hadoop,
    Map<DataSelector, Broadcast<EncodedExamples>> data)
    implements TaskPool.Work {

  /** Ends a walk at a waypoint. */
  private static final class PauseAt implements ProgressListener {
    private final long step;

    PauseAt(long step) {
      this.step = step;
    }

    @Override
    public void committed(Waypoint waypoint) {
      if (waypoint.step() >= step) {
        throw new WalkPaused();
      }
    }
  }

  @Override
  public String run() {
    TaskContext task = TaskContext.get();
    Configuration configuration = hadoop.value().value();
    PointState state = PointState.parse(before).withAttempts(1 + task.attemptNumber());
    try {
      state = walk(state, configuration);
    } catch (RuntimeException e) {
      if (task.isInterrupted()) {
        throw e;
      }
      state = Failed.of(e, state);
    }
    new DocumentFolder(configuration, new Path(points)).write(state.name(), state.toJson());
    return state.toJson().toString();
  }

  private PointState walk(PointState state, Configuration configuration) {
    Map<String, Double> figures = new LinkedHashMap<>();
    if (until >= steps) {
      JobResult result = job(configuration, Long.MAX_VALUE);
      if (PathStore.exists(configuration, new Path(store))) {
        figures.putAll(figuresOfNewest(configuration));
      }
      figures.putAll(result.figures());
      figures.values().removeIf(value -> !Double.isFinite(value));
      return state.measured(steps, figures, PointState.Status.FINISHED);
    }
    if (!isWalked(configuration)) {
      try {
        job(configuration, until);
      } catch (WalkPaused e) {
        // As asked.
      }
    }
    return state.measured(until, figures(configuration, until), PointState.Status.OPEN);
  }

  private boolean isWalked(Configuration configuration) {
    try {
      PathStore.open(configuration, new Path(store)).read(until);
      return true;
    } catch (FipException e) {
      if (e.category() == Category.NOT_FOUND || e.category() == Category.DATA) {
        return false;
      }
      throw e;
    }
  }

  /** Walks the path; what is seen of it is in its own store. */
  private JobResult job(Configuration configuration, long end) {
    Recipe own = Recipe.fromJson(command, "recipe of " + store, recipe);
    try (LivePaths live =
        new LivePaths(
            new StatusWriter(configuration),
            new TensorBoardFiles(configuration),
            new PauseAt(end))) {
      JobContext context =
          new JobContext(
              configuration, this::workers, live, selector -> data.get(selector).value());
      return Jobs.run(command, context, own);
    }
  }

  private Workers workers(
      NetworkDefinition network, WorkersSettings settings, Map<String, EncodedExamples> sets) {
    int shards = settings.shards() == null ? TaskContext.get().cpus() : settings.shards();
    long memory = Math.max(1 << 20, settings.memory() / neighbours / shards);
    return new LocalWorkers(
        new WorkerSpec(network, shards, settings.seed(), memory), sets, Devices.ofTask());
  }

  private Map<String, Double> figuresOfNewest(Configuration configuration) {
    List<Long> written = PathStore.open(configuration, new Path(store)).steps();
    return figures(configuration, written.get(written.size() - 1));
  }

  private Map<String, Double> figures(Configuration configuration, long step) {
    Waypoint waypoint = PathStore.open(configuration, new Path(store)).read(step);
    Map<String, Double> figures = new LinkedHashMap<>();
    waypoint
        .evaluation()
        .forEach(
            (set, evaluation) -> {
              figures.put(Measure.EVALUATE + set, evaluation.accuracy());
              figures.put(Measure.EVALUATE + set + Measure.LOSS, evaluation.loss());
            });
    List<Measurement> measurements = waypoint.measurements();
    Measurement last = measurements.get(measurements.size() - 1);
    figures.put("drift", last.drift());
    figures.put("length.weights", last.lengthWeights());
    figures.put("length.outputs", last.lengthOutputs());
    figures.put(Measure.SECONDS, last.seconds());
    figures.values().removeIf(value -> !Double.isFinite(value));
    return figures;
  }
}
