package org.fip.spark.live;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.PathResult;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.TrainJob;
import org.fip.spark.manifold.WorkersFactory;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;
import org.fip.spark.store.PathStore;

/** A short real job, whose listeners a test chooses. */
public final class LiveJob {
  /** Length of its path; a waypoint every 10 steps, a measurement every 5. */
  public static final int STEPS = 40;

  private static final String RECIPE =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 4}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: first, train: {path: 'builtin:digits', labels: [0, 1, 2, 3]}}]
      evaluate: {digits 0-3: {path: 'builtin:digits', split: test, labels: [0, 1, 2, 3]}}
      path: {steps: 40, batch: 32, learningRate: 0.01, checkpointEvery: 10, measureEvery: 5,
             evaluateEvery: 20}
      """;

  private LiveJob() {}

  /** Walks on threads of this process. */
  public static PathResult run(Path output, ProgressListener listener) {
    return run(
        output,
        listener,
        (network, settings, data) ->
            new LocalWorkers(
                new WorkerSpec(network, 1, settings.seed(), settings.memory()),
                data,
                Device.cpu()));
  }

  /** Walks on these workers. */
  public static PathResult run(Path output, ProgressListener listener, WorkersFactory workers) {
    Recipe recipe =
        Recipe.resolve(
            Command.TRAIN,
            new RecipeSource("test.yaml", RECIPE),
            Map.of(),
            List.of("output=" + output),
            NetworkKind.Lookup.PLAIN);
    return new TrainJob(new JobContext(new Configuration(), workers, listener), recipe).run();
  }

  /** The store of such a path. */
  public static PathStore store(Path output) {
    return PathStore.open(new Configuration(), new org.apache.hadoop.fs.Path(output.toString()));
  }
}
