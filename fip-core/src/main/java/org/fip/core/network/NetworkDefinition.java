package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;

/**
 * All of a network but its weights, small enough to travel: what a worker needs to compile it.
 *
 * @param config {@code config.json} as text
 * @param location where that came from, for messages
 * @param order names of the trainable tensors in the order of w
 * @param constants the constants, flat, in declared order; float32
 */
@SuppressWarnings("ArrayRecordComponent")
public record NetworkDefinition(
    String config, String location, List<String> order, float[] constants) implements Serializable {

  /** Copies the order. */
  public NetworkDefinition {
    order = List.copyOf(order);
  }

  /** The network's graph. */
  public Graph graph() {
    try {
      return Architectures.graph(new NetworkConfig(new ObjectMapper().readTree(config), location));
    } catch (JsonProcessingException e) {
      throw FipException.data("%s: not JSON: %s", location, e.getOriginalMessage());
    }
  }

  /** Where the graph's tensors lie in w. */
  public WeightLayout layout(Graph graph) {
    Map<String, Parameter> byName = new LinkedHashMap<>();
    graph.parameters().forEach(p -> byName.put(p.name(), p));
    return new WeightLayout(order.stream().map(byName::get).toList());
  }
}
