package org.fip.core.network;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.fip.core.FipException;

/** The architectures on the class path, by name. */
public final class Architectures {
  private Architectures() {}

  /** The graph of the network that a configuration describes, with all that can be moved in w. */
  public static Graph graph(NetworkConfig config) {
    return graph(config, TensorSelection.ALL, Map.of());
  }

  /**
   * The graph of the network that a configuration describes.
   *
   * @param selection which tensors w consists of
   * @param sizes shapes of examples by input, as far as they are known beyond the configuration
   * @throws FipException with category DATA when no architecture has that name
   */
  public static Graph graph(
      NetworkConfig config, TensorSelection selection, Map<String, List<Integer>> sizes) {
    Architecture architecture = find(config);
    GraphBuilder builder = new GraphBuilder(selection, sizes);
    Graph graph = builder.build(architecture.describe(config, builder));
    if (graph.moving().isEmpty()) {
      throw FipException.data(
          "%s: no tensor of %s is selected by %s; its tensors are %s",
          config.location(),
          architecture.name(),
          selection,
          graph.parameters().stream()
              .filter(Parameter::trainable)
              .map(Parameter::name)
              .limit(8)
              .toList());
    }
    return graph;
  }

  /** Whether the network that a configuration describes is a chain of layers. */
  public static boolean isChain(NetworkConfig config) {
    return find(config).chain();
  }

  /**
   * The architecture that a configuration names.
   *
   * @throws FipException with category DATA when none has that name
   */
  static Architecture find(NetworkConfig config) {
    TreeMap<String, Architecture> known = new TreeMap<>();
    for (Architecture architecture : ServiceLoader.load(Architecture.class)) {
      Architecture other = known.put(architecture.name(), architecture);
      if (other != null) {
        throw new FipException(
            FipException.Category.CONFIGURATION,
            "architecture %s is both %s and %s; take one from the class path"
                .formatted(
                    architecture.name(),
                    other.getClass().getName(),
                    architecture.getClass().getName()));
      }
    }
    Architecture architecture = known.get(config.architecture());
    if (architecture == null) {
      throw FipException.data(
          "%s: architecture %s is not known; known are %s, and those of jars given with --jars",
          config.location(), config.architecture(), String.join(", ", known.keySet()));
    }
    return architecture;
  }
}
