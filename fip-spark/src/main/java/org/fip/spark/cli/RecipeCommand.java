package org.fip.spark.cli;

import java.util.List;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;

/** A command that runs a recipe. */
abstract class RecipeCommand extends RecipeFileCommand {
  private final Command command;

  RecipeCommand(Command command) {
    this.command = command;
  }

  @Override
  final JobResult run(RecipeSource source, List<String> overrides, Session session) {
    Recipe resolved =
        Recipe.resolve(
            command, source, session.settings(), overrides, session.backend().kinds(session));
    JobContext context = session.context(json());
    JobResult result = session.backend().run(command, resolved, context);
    return session.backend().report(result, resolved.output(), context);
  }
}
