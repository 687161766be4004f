package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.data.ImagePreprocessor;
import org.fip.core.data.ImageShape;

/**
 * All of a network but its weights, small enough to travel: what a worker needs to compile it and
 * to prepare its inputs.
 *
 * @param config {@code config.json} as text
 * @param location where that came from, for messages
 * @param order names of the trainable tensors in the order of w
 * @param constants the constants, flat, in declared order; float32
 * @param preprocessor {@code preprocessor_config.json} as text, or null when the network has none
 */
@SuppressWarnings("ArrayRecordComponent")
public record NetworkDefinition(
    String config, String location, List<String> order, float[] constants, String preprocessor)
    implements Serializable {

  /** Copies the order. */
  public NetworkDefinition {
    order = List.copyOf(order);
  }

  /** The network's graph. */
  public Graph graph() {
    return Architectures.graph(new NetworkConfig(parse(config, location), location));
  }

  /** Where the graph's tensors lie in w. */
  public WeightLayout layout(Graph graph) {
    Map<String, Parameter> byName = new LinkedHashMap<>();
    graph.parameters().forEach(p -> byName.put(p.name(), p));
    return new WeightLayout(order.stream().map(byName::get).toList());
  }

  /**
   * Decodes examples into the form that the network takes.
   *
   * @throws FipException with category DATA, naming the row, when one does not fit
   */
  public Examples decode(EncodedExamples encoded, Graph graph) {
    String file = location.replace("config.json", "preprocessor_config.json");
    if (preprocessor == null) {
      throw FipException.data(
          "%s: no such file; it must say how images become inputs of the network", file);
    }
    List<Integer> shape = graph.inputs().get(0).shape();
    return encoded.decode(
        new ImagePreprocessor(parse(preprocessor, file), file),
        new ImageShape(shape.get(0), shape.get(1), shape.get(2)));
  }

  private static JsonNode parse(String text, String location) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw FipException.data("%s: not JSON: %s", location, e.getOriginalMessage());
    }
  }
}
