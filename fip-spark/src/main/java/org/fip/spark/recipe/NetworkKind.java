package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Kinds of networks, some of which have defaults of their own. */
public enum NetworkKind {
  /** What is of no other kind. */
  PLAIN,
  /** Networks with batch normalisations. */
  NORMALIZED;

  /** Looks at the network that a path begins with. */
  @FunctionalInterface
  public interface Lookup {
    /** For paths of networks of no special kind. */
    Lookup PLAIN = start -> NetworkKind.PLAIN;

    /**
     * The kind of a network.
     *
     * @throws org.fip.core.FipException as reading that network's configuration
     */
    NetworkKind of(Start start);
  }

  /**
   * What a recipe says of the network that its path begins with, before it is checked.
   *
   * @param network folder of a network, or null
   * @param architecture content of the {@code config.json} of a new one, or null
   * @param output folder of the path store, or null
   */
  public record Start(String network, JsonNode architecture, String output) {
    static Start of(RecipeTree tree) {
      JsonNode architecture = tree.root().path("architecture");
      return new Start(
          tree.root().path("network").textValue(),
          architecture instanceof ObjectNode ? architecture : null,
          tree.root().path("output").textValue());
    }
  }
}
