package org.fip.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.fip.spark.job.JobResult;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that runs a recipe. */
abstract class RecipeCommand extends FipCommand {
  private final Command command;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE.yaml",
      description = "The recipe, on any Hadoop file system. --set alone can stand in for it.")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Lay a value over the recipe, such as path.steps=500 or keep.0.limit=50; may be repeated.")
  private List<String> sets = new ArrayList<>();

  RecipeCommand(Command command) {
    this.command = command;
  }

  @Override
  final Outcome run(Session session) {
    RecipeSource source =
        recipe == null ? RecipeSource.none() : RecipeSource.read(recipe, session.hadoop());
    Recipe resolved = Recipe.resolve(command, source, session.settings(), sets);
    JobResult result = session.backend().run(command, resolved, session.context(json()));
    return Outcome.of(result.toJson(), result.summary());
  }
}
