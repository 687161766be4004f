package org.fip.spark.job;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.path.Waypoint;
import org.fip.spark.manifold.WorkersFactory;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;

/** Small networks of the embedded digits, and jobs on them without Spark. */
final class Digits {
  static final WorkersFactory WORKERS =
      (network, settings, data) ->
          new LocalWorkers(
              new WorkerSpec(
                  network,
                  settings.shards() == null ? 1 : settings.shards(),
                  settings.seed(),
                  settings.memory()),
              data,
              Device.cpu());

  static final JobContext CONTEXT =
      new JobContext(new Configuration(), WORKERS, ProgressListener.NONE);

  private static final String TRAIN =
      """
      architecture: {architectures: [LeNet300100], input_shape: [1, 8, 8],
                     hidden_sizes: [20, 10], num_labels: 10}
      preprocessor: {image_processor_type: ViTImageProcessor, do_resize: false,
                     do_rescale: true, rescale_factor: 0.0625, do_normalize: false}
      tasks: [{name: digits, train: {path: 'builtin:digits'}}]
      path: {steps: 200, batch: 64, learningRate: 0.01, checkpointEvery: 200}
      """;

  private Digits() {}

  /** The end of a run at a commit. */
  static final class Killed extends RuntimeException {
    Killed() {
      super("killed");
    }
  }

  /** A context whose jobs end right after so many commits. */
  static JobContext killedAfter(int commits) {
    ProgressListener killer =
        new ProgressListener() {
          private int left = commits;

          @Override
          public void committed(Waypoint waypoint) {
            if (--left == 0) {
              throw new Killed();
            }
          }
        };
    return new JobContext(new Configuration(), WORKERS, killer);
  }

  static Recipe recipe(Command command, String text, String... sets) {
    return Recipe.resolve(
        command,
        new RecipeSource("test.yaml", text),
        Map.of(),
        List.of(sets),
        NetworkKind.Lookup.PLAIN);
  }

  /** Trains a network into a new store; returns its folder. */
  static String train(Path output, long seed, String... sets) {
    List<String> all = new ArrayList<>(List.of("output=" + output, "seed=" + seed));
    all.addAll(List.of(sets));
    Recipe recipe = recipe(Command.TRAIN, TRAIN, all.toArray(String[]::new));
    return new TrainJob(CONTEXT, recipe).run().toJson().path("network").asText();
  }
}
