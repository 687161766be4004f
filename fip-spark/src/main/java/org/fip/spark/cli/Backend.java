package org.fip.spark.cli;

import java.util.List;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.manifold.WorkersFactory;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;

/** What the commands hand their work to. */
interface Backend {

  /** Where workers come from; must start Spark only when workers are asked for. */
  WorkersFactory workers(Session session);

  /** Looks at the networks that recipes begin with. */
  NetworkKind.Lookup kinds(Session session);

  /** Runs the job of a command. */
  JobResult run(Command command, Recipe recipe, JobContext context);

  /** Runs the operations of a chain. */
  JobResult chain(Chain chain, JobContext context);

  /** Writes the report of a job into its output folder; the result that tells of it as well. */
  JobResult report(JobResult result, String output, JobContext context);

  /** Runs an exploration, on Spark's executors. */
  JobResult explore(Exploration exploration, Session session, JobContext context);

  /**
   * Runs the demonstration, which leaves everything in the folder {@code output}.
   *
   * @param sets overrides of its recipes
   */
  JobResult demo(String output, List<String> sets, Session session, JobContext context);
}
