package org.fip.spark.job;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Architectures;
import org.fip.core.network.Graph;
import org.fip.core.network.InputDecoder;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.TensorSelection;
import org.fip.core.storage.Folder;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Nights;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathStore;

/** Start networks of jobs. */
public final class Networks {
  private static final String ARCHITECTURE = "recipe: architecture";

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
                new NetworkConfig(recipe.architecture(), ARCHITECTURE),
                recipe.preprocessor(),
                recipe.seed());
    if (recipe.path().hiddenWeight() > 0 && start.graph().inputs().get(0).whole()) {
      throw FipException.data(
          "path.hiddenWeight is %s and %s reads texts, whose hidden layers differ in length; set it to 0",
          recipe.path().hiddenWeight(), start.config().location());
    }
    return start;
  }

  /** Looks at the networks of recipes, at each once. */
  public static NetworkKind.Lookup kinds(Configuration configuration) {
    Map<NetworkKind.Start, NetworkKind> known = new HashMap<>();
    return start -> known.computeIfAbsent(start, absent -> kind(absent, configuration));
  }

  private static NetworkKind kind(NetworkKind.Start start, Configuration configuration) {
    Graph graph;
    if (start.network() != null) {
      graph = Network.graph(folder(start, configuration));
    } else if (start.architecture() != null) {
      graph = Architectures.graph(new NetworkConfig(start.architecture(), ARCHITECTURE));
    } else {
      return NetworkKind.PLAIN;
    }
    return graph.normalizedLayers().isEmpty() ? NetworkKind.PLAIN : NetworkKind.NORMALIZED;
  }

  /** The recipe's network; when it is gone, what a path that was begun there has kept of it. */
  private static Folder folder(NetworkKind.Start start, Configuration configuration) {
    Path path = RecipePaths.resolve("network", start.network(), configuration);
    Folder given = NightStore.networkAt(configuration, path, Nights.ORDER);
    if (start.output() == null || exists(given)) {
      return given;
    }
    Path output = RecipePaths.resolve("output", start.output(), configuration);
    if (PathStore.exists(configuration, output)) {
      return PathStore.open(configuration, output).start().orElse(given);
    }
    boolean taken =
        NightStore.isAt(configuration, output)
            && NightStore.at(configuration, output, Nights.ORDER).latest().isPresent();
    return taken ? NightStore.networkAt(configuration, output, Nights.ORDER) : given;
  }

  private static boolean exists(Folder network) {
    try {
      return !network.names().isEmpty();
    } catch (IOException e) {
      throw FipException.storage(
          e, "%s: cannot be looked at: %s", network.location(), e.getMessage());
    }
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

  /**
   * The recipe's network as it begins to learn tasks, with outputs for all of them. One that is new
   * has learned nothing, so its outputs come with the tasks that have their labels.
   */
  static Network start(Recipe recipe, List<EncodedExamples> tasks, Configuration configuration) {
    Network start = start(recipe, configuration);
    if (recipe.network() == null) {
      BitSet others = new BitSet();
      others.set(0, start.classes());
      Arrays.stream(tasks.get(0).labels()).forEach(others::clear);
      start = start.withUnlearned(others);
    }
    return grownFor(start, tasks);
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

  /**
   * Fails where labels are new to a network and the recipe's tensors leave out the head, in which
   * alone they can be learned.
   */
  static void requireMovingHead(Recipe recipe, Network network, List<EncodedExamples> labelled) {
    TensorSelection moving = recipe.path().tensors().selection();
    if (network.graph().head().stream().anyMatch(moving::moves)) {
      return;
    }
    BitSet unlearned = network.unlearned();
    for (EncodedExamples examples : labelled) {
      int[] fresh = Arrays.stream(examples.labels()).filter(unlearned::get).toArray();
      if (fresh.length > 0) {
        throw FipException.data(
            "label %d of %s is new to the network, and its head (%s) is not among the tensors that"
                + " path.tensors selects; select it, too",
            fresh[0], examples.source(), String.join(", ", network.graph().head()));
      }
    }
  }
}
