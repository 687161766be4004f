package org.fip.core.network;

import java.util.ServiceLoader;
import java.util.TreeMap;
import org.fip.core.FipException;

/** The architectures on the class path, by name. */
public final class Architectures {
  private Architectures() {}

  /**
   * The graph of the network that a configuration describes.
   *
   * @throws FipException with category DATA when no architecture has that name
   */
  public static Graph graph(NetworkConfig config) {
    TreeMap<String, Architecture> known = new TreeMap<>();
    for (Architecture architecture : ServiceLoader.load(Architecture.class)) {
      known.put(architecture.name(), architecture);
    }
    Architecture architecture = known.get(config.architecture());
    if (architecture == null) {
      throw FipException.data(
          "%s: architecture %s is not known; known are %s",
          config.location(), config.architecture(), String.join(", ", known.keySet()));
    }
    return architecture.graph(config);
  }
}
