package org.fip.spark.job;

import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;

/** The jobs of the commands. */
public final class Jobs {
  private Jobs() {}

  /** Runs the job of a command. */
  public static JobResult run(Command command, JobContext context, Recipe recipe) {
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
}
