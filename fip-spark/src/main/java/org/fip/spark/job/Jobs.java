package org.fip.spark.job;

import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.OutputKind;

/** The jobs of the commands. */
public final class Jobs {
  private Jobs() {}

  /**
   * Runs the job of a command.
   *
   * @throws org.fip.core.FipException with category DATA when the output folder holds what another
   *     kind of job has left; else as that job does
   */
  public static JobResult run(Command command, JobContext context, Recipe recipe) {
    kind(command, recipe)
        .requireNoOther(
            context.hadoop(), RecipePaths.resolve("output", recipe.output(), context.hadoop()));
    return switch (command) {
      case TRAIN -> new TrainJob(context, recipe).run();
      case ADAPT ->
          recipe.night() == null
              ? new AdaptJob(context, recipe).run()
              : new NightJob(context, recipe).run();
      case SPARSIFY -> new SparsifyJob(context, recipe).run();
      case ROBUSTIFY -> new RobustifyJob(context, recipe).run();
      case DIVERSIFY -> new DiversifyJob(context, recipe).run();
      case CONNECT -> new ConnectJob(context, recipe).run();
    };
  }

  private static OutputKind kind(Command command, Recipe recipe) {
    return switch (command) {
      case TRAIN, SPARSIFY, ROBUSTIFY, CONNECT -> OutputKind.PATH;
      case ADAPT -> recipe.night() == null ? OutputKind.PATH : OutputKind.NIGHTS;
      case DIVERSIFY -> OutputKind.ENSEMBLE;
    };
  }
}
