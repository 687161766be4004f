package org.fip.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.fip.spark.job.JobResult;
import org.fip.spark.recipe.RecipeSource;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that takes a recipe and values laid over it. */
abstract class RecipeFileCommand extends FipCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE.yaml",
      description =
          "The recipe, on any Hadoop file system; deploy/recipes/REFERENCE.md has all its keys. --set"
              + " alone can stand in for it.")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Lay a value over the recipe, such as path.steps=500 or keep.0.limit=50; may be repeated.")
  private List<String> sets = new ArrayList<>();

  /** Runs the job of a recipe. */
  abstract JobResult run(RecipeSource source, List<String> overrides, Session session);

  @Override
  final Outcome run(Session session) {
    RecipeSource source =
        recipe == null ? RecipeSource.none() : RecipeSource.read(recipe, session.hadoop());
    JobResult result = run(source, sets, session);
    return new Outcome(result.toJson(), result.summary(), result.problem());
  }
}
