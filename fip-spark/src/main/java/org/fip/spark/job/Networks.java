package org.fip.spark.job;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.InputDecoder;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.spark.recipe.Nights;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.NightStore;

/** Start networks of jobs. */
public final class Networks {
  private Networks() {}

  /**
   * Reads the network folder at a path of any Hadoop file system; of a store of nights, the
   * published one.
   */
  public static Network load(String path, Configuration configuration) {
    return load("network", path, configuration);
  }

  /** The same for the path under another key of a recipe. */
  static Network load(String key, String path, Configuration configuration) {
    return load(RecipePaths.resolve(key, path, configuration), configuration);
  }

  /** As {@link #load(String, Configuration)}, at an absolute path. */
  public static Network load(Path path, Configuration configuration) {
    return Network.load(NightStore.networkAt(configuration, path, Nights.ORDER));
  }

  /** The recipe's network, or a new one of its architecture. */
  static Network start(Recipe recipe, Configuration configuration) {
    Network start =
        recipe.network() != null
            ? load(recipe.network(), configuration)
            : Network.initialize(
                new NetworkConfig(recipe.architecture(), "recipe: architecture"),
                recipe.preprocessor(),
                recipe.seed());
    if (recipe.path().hiddenWeight() > 0 && start.graph().inputs().get(0).whole()) {
      throw FipException.data(
          "path.hiddenWeight is %s and %s reads texts, whose hidden layers differ in length; set it to 0",
          recipe.path().hiddenWeight(), start.config().location());
    }
    return start;
  }

  /** Fails for a network whose inputs cannot be perturbed, before anything is written. */
  static void requireImages(Network network) {
    if (network.graph().inputs().get(0).whole()) {
      throw FipException.data(
          "%s reads texts, which cannot be perturbed by small steps; use a network that reads images",
          network.config().location());
    }
    try (InputDecoder decoder = network.definition().decoder(network.graph())) {
      decoder.pixelRange();
    }
  }

  /** Fails with this advice when examples have no labels. */
  static void requireLabels(EncodedExamples examples, String advice) {
    if (examples.labels().length == 0) {
      throw FipException.data("%s has no labels; %s", examples.source(), advice);
    }
  }

  /** The network with as many outputs as these labels need, and at least those it has. */
  static Network grownFor(Network network, List<EncodedExamples> labelled) {
    int classes = network.classes();
    for (EncodedExamples examples : labelled) {
      requireLabels(examples, "a task needs a label for each example");
      for (int label : examples.labels()) {
        classes = Math.max(classes, label + 1);
      }
    }
    return network.withClasses(classes);
  }
}
