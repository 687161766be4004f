package org.fip.spark.cli;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.spark.explore.ExploreJob;
import org.fip.spark.job.ChainJob;
import org.fip.spark.job.DemoJob;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.job.Jobs;
import org.fip.spark.job.Networks;
import org.fip.spark.manifold.LocalMaster;
import org.fip.spark.manifold.SparkWorkers;
import org.fip.spark.manifold.WorkersFactory;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;

/** The jobs of this program: on Spark's executors, or in this process where it is the master. */
final class StandardBackend implements Backend {
  @Override
  public WorkersFactory workers(Session session) {
    return LocalMaster.workers(session.configuration())
        .map(local -> watched(local, session))
        .orElse(
            (network, settings, data) ->
                SparkWorkers.factory(JavaSparkContext.fromSparkContext(session.spark()))
                    .open(network, settings, data));
  }

  /** Spark computes nothing for these workers, but it is started when its pages are asked for. */
  private static WorkersFactory watched(WorkersFactory local, Session session) {
    return (network, settings, data) -> {
      session.startPages();
      return local.open(network, settings, data);
    };
  }

  @Override
  public NetworkKind.Lookup kinds(Session session) {
    return Networks.kinds(session.hadoop());
  }

  @Override
  public JobResult run(Command command, Recipe recipe, JobContext context) {
    return Jobs.run(command, context, recipe);
  }

  @Override
  public JobResult chain(Chain chain, JobContext context) {
    return new ChainJob(context, chain).run();
  }

  @Override
  public JobResult report(JobResult result, String output, JobContext context) {
    return JobReport.write(
        context.hadoop(), RecipePaths.resolve("output", output, context.hadoop()), result);
  }

  @Override
  public JobResult explore(Exploration exploration, Session session, JobContext context) {
    return new ExploreJob(session.spark(), context, exploration).run();
  }

  @Override
  public JobResult demo(String output, List<String> sets, Session session, JobContext context) {
    return new DemoJob(context, output, session.settings(), sets).run();
  }
}
