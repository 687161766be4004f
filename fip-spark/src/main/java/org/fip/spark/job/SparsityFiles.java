package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.network.Network;
import org.fip.core.network.WeightLayout.Slot;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.Folder;
import org.fip.spark.recipe.SparsitySettings;

/** What a sparse network's folder says of its zeros. */
final class SparsityFiles {
  /** For each counted tensor by its name in the network's file, 1 where it is not zero; BOOL. */
  static final String MASKS = "masks.safetensors";

  /** The zeros of each tensor as numbers. */
  static final String SUMMARY = "sparsity.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Network network;
  private final List<Slot> counted;
  private final SparsitySettings settings;
  private final Map<String, FlatTensor> tensors = new HashMap<>();

  SparsityFiles(Network network, List<Slot> counted, SparsitySettings settings) {
    this.network = network;
    this.counted = counted;
    this.settings = settings;
    List<Slot> slots = network.layout().slots();
    List<FlatTensor> named = network.tensors();
    for (int i = 0; i < slots.size(); i++) {
      tensors.put(slots.get(i).parameter().name(), named.get(i));
    }
  }

  /** Writes masks and numbers of these weights into a network's folder. */
  void write(Folder folder, double target, float[] weights) throws IOException {
    SafetensorsWriter masks = new SafetensorsWriter(Map.of("format", "pt")).inLibraryOrder();
    for (Slot slot : counted) {
      FlatTensor tensor = tensors.get(slot.parameter().name());
      byte[] mask = new byte[tensor.length()];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = (byte) (weights[tensor.offset() + i] == 0 ? 0 : 1);
      }
      masks.add(tensor.name(), ElementType.BOOL, tensor.dimensions(), mask);
    }
    try (OutputStream out = folder.create(MASKS)) {
      masks.writeTo(out);
    }
    try (OutputStream out = folder.create(SUMMARY)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(summary(target, weights)));
    }
  }

  /** Reads what {@link #SUMMARY} holds. */
  static JsonNode read(InputStream in) throws IOException {
    return JSON.readTree(in);
  }

  /** The zeros of these weights: of all counted tensors, and of each. */
  ObjectNode summary(double target, float[] weights) {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode list = JSON.createArrayNode();
    long zeros = 0;
    long size = 0;
    for (Slot slot : counted) {
      long count = zeros(weights, slot);
      list.addObject()
          .put("name", tensors.get(slot.parameter().name()).name())
          .put("zeros", count)
          .put("weights", slot.parameter().size())
          .put("ratio", (double) count / slot.parameter().size());
      zeros += count;
      size += slot.parameter().size();
    }
    json.put("target", target);
    json.put("achieved", (double) zeros / size);
    json.put("pattern", settings.pattern());
    json.put("patternDefinition", settings.shape().definition());
    json.put("zeros", zeros);
    json.put("counted", size);
    json.put("parameters", network.layout().size());
    json.put("definition", "zeros as a share of the weights and biases of all counted tensors");
    json.set("tensors", list);
    return json;
  }

  private static long zeros(float[] weights, Slot slot) {
    long count = 0;
    for (int i = slot.offset(); i < slot.end(); i++) {
      count += weights[i] == 0 ? 1 : 0;
    }
    return count;
  }
}
