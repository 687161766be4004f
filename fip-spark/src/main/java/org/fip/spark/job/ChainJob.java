package org.fip.spark.job;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.OutputKind;

/** Runs the operations of a chain, or what of them is missing. */
public final class ChainJob {
  private final JobContext context;
  private final Chain chain;

  /** A job for a chain. */
  public ChainJob(JobContext context, Chain chain) {
    this.context = context;
    this.chain = chain;
  }

  /** Runs all operations; one that an earlier run has ended is not walked again. */
  public ChainResult run() {
    OutputKind.CHAIN.requireNoOther(
        context.hadoop(), RecipePaths.resolve("output", chain.output(), context.hadoop()));
    List<ChainResult.Done> done = new ArrayList<>();
    for (Chain.Operation operation : chain.operations()) {
      context.progress().note("chain: " + operation.name());
      JobResult result = Jobs.run(operation.command(), context, operation.recipe());
      String network = operation.recipe().output() + "/network";
      done.add(new ChainResult.Done(operation.name(), result.toJson(), zeros(network)));
    }
    return new ChainResult(chain.output(), done);
  }

  /** The share of zeros in the matrices and kernels of a network. */
  private double zeros(String folder) {
    Network network = Networks.load(folder, context.hadoop());
    long zeros = 0;
    long all = 0;
    for (WeightLayout.Slot slot : network.layout().slots()) {
      if (slot.parameter().role() == Parameter.Role.WEIGHT) {
        all += slot.parameter().size();
        for (int i = slot.offset(); i < slot.end(); i++) {
          zeros += network.weights()[i] == 0 ? 1 : 0;
        }
      }
    }
    return (double) zeros / all;
  }
}
