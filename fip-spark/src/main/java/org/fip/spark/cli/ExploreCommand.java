package org.fip.spark.cli;

import java.util.List;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.RecipeSource;

/** {@code fip explore}. */
@picocli.CommandLine.Command(
    name = "explore",
    description = {
      "Walks a grid of paths at once, one task of Spark's for each, ranks them, and marks those that"
          + " no other one dominates.",
      "",
      "The folder 'output' gets a path store for each point and one table, catalogue.parquet. The"
          + " same command again walks only what is missing; points may be added to the grid, and"
          + " finished ones stay in the table when they are taken out. Ends with a failure when a"
          + " point failed, after all others."
    },
    footer = {
      "  ... network, keep, tasks and evaluate as for adapt, and",
      "  output: paths/explored",
      "  explore:",
      "    command: adapt                                  # or any other",
      "    grid: {path.anchorWeight: [0.01, 0.05, 0.2], seed: [0, 1, 2]}",
      "    measures: {kept: {of: evaluate.mnist}, learned: {of: evaluate.fashion}}",
      "    rank: mean                                      # or one of the measures",
      "    halving: {rungs: 3, keep: 0.5}                  # stop dominated paths early",
      "",
      "  fip explore recipe.yaml --set explore.grid.path.steps=[500,1500]"
    })
final class ExploreCommand extends RecipeFileCommand {
  @Override
  JobResult run(RecipeSource source, List<String> overrides, Session session) {
    Exploration exploration =
        Exploration.resolve(
            source, session.settings(), overrides, session.backend().kinds(session));
    JobContext context = session.context(json());
    JobResult result = session.backend().explore(exploration, session, context);
    return session.backend().report(result, exploration.output(), context);
  }
}
