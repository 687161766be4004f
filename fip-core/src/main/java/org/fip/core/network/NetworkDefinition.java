package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;

/**
 * All of a network but its moving weights: what a worker needs to compile it and to prepare its
 * inputs.
 *
 * @param config {@code config.json} as text
 * @param location where that came from, for messages
 * @param order names of the tensors of w in their order
 * @param constants all other tensors, flat, in declared order; float32
 * @param companions the files of the network's folder that say how inputs are prepared, by name
 * @param heads how the outputs are divided
 */
@SuppressWarnings("ArrayRecordComponent")
public record NetworkDefinition(
    String config,
    String location,
    List<String> order,
    float[] constants,
    Map<String, byte[]> companions,
    OutputHeads heads)
    implements Serializable {

  /** Copies the order. */
  public NetworkDefinition {
    order = List.copyOf(order);
    companions = new LinkedHashMap<>(companions);
  }

  /** The same network whose outputs are divided into heads. */
  public NetworkDefinition withHeads(OutputHeads other) {
    return new NetworkDefinition(config, location, order, constants, companions, other);
  }

  /** The network's graph. */
  public Graph graph() {
    return graph(Map.of());
  }

  /** The network's graph for examples of these shapes, by input. */
  public Graph graph(Map<String, List<Integer>> sizes) {
    return Architectures.graph(
        new NetworkConfig(parse(config, location), location), TensorSelection.named(order), sizes);
  }

  /** Where the graph's tensors lie in w. */
  public WeightLayout layout(Graph graph) {
    Map<String, Parameter> byName = new LinkedHashMap<>();
    graph.parameters().forEach(p -> byName.put(p.name(), p));
    return new WeightLayout(order.stream().map(byName::get).toList());
  }

  /** What decodes examples into the form that the network takes; the caller closes it. */
  public InputDecoder decoder(Graph graph) {
    return InputDecoder.of(
        graph.inputs(), companions, location.replaceFirst("/?config\\.json$", ""));
  }

  private static JsonNode parse(String text, String location) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw FipException.data("%s: not JSON: %s", location, e.getOriginalMessage());
    }
  }
}
