package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.storage.Folder;

/** Reads Hugging Face folders, and checks their weights against their configuration. */
final class NetworkReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String F32 = ElementType.F32.name();

  /** Small files of the folder that describe inputs, carried along as they are. */
  private static final List<String> COMPANIONS =
      List.of(
          Network.PREPROCESSOR,
          "tokenizer.json",
          "tokenizer_config.json",
          "vocab.txt",
          "special_tokens_map.json");

  private NetworkReader() {}

  /**
   * Reads a Hugging Face folder.
   *
   * @throws FipException NOT_FOUND when the folder or a file of it is missing; DATA when a value is
   *     wrong, naming the file and the key or tensor; STORAGE when reading fails
   */
  static Network read(Folder folder) {
    try {
      NetworkConfig config = readConfig(folder);
      Graph graph = Architectures.graph(config);
      Map<String, byte[]> companions = new LinkedHashMap<>();
      for (String name : COMPANIONS) {
        if (folder.exists(name)) {
          companions.put(name, readAll(folder, name));
        }
      }
      try (Checkpoint checkpoint = Checkpoint.open(folder)) {
        return read(checkpoint, config, graph, companions);
      }
    } catch (FileNotFoundException e) {
      throw FipException.notFound("%s: %s", folder.location(), e.getMessage());
    } catch (IOException e) {
      throw FipException.storage(e, "%s: cannot read: %s", folder.location(), e.getMessage());
    }
  }

  /** As {@link #read}, of {@code config.json} alone. */
  static Graph graph(Folder folder) {
    try {
      return Architectures.graph(readConfig(folder));
    } catch (IOException e) {
      throw FipException.storage(e, "%s: cannot read: %s", folder.location(), e.getMessage());
    }
  }

  private static Network read(
      Checkpoint checkpoint, NetworkConfig config, Graph graph, Map<String, byte[]> companions) {
    Map<String, Parameter> missing = new LinkedHashMap<>();
    graph.parameters().forEach(p -> missing.put(p.name(), p));
    Map<String, Parameter> byKey = byKey(checkpoint, graph);
    List<Parameter> order = new ArrayList<>();
    List<StoredTensor> stored = new ArrayList<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      Parameter parameter = byKey.get(tensor.name());
      if (parameter == null) {
        stored.add(
            new StoredTensor(
                tensor.name(), null, tensor.dtype(), tensor.shape(), checkpoint.readBytes(tensor)));
        continue;
      }
      missing.remove(parameter.name());
      checkShape(checkpoint, tensor, parameter);
      if (parameter.trainable()) {
        order.add(parameter);
      }
      byte[] bytes = tensor.dtype().equals(F32) ? null : checkpoint.readBytes(tensor);
      stored.add(
          new StoredTensor(tensor.name(), parameter.name(), tensor.dtype(), tensor.shape(), bytes));
    }
    if (!missing.isEmpty()) {
      throw FipException.data(
          "%s: tensor %s of %s is missing; fetch the weights that belong to config.json",
          checkpoint.location(), missing.keySet().iterator().next(), config.architecture());
    }
    WeightLayout layout = new WeightLayout(order);
    return new Network(
        config,
        TensorSelection.ALL,
        graph,
        layout,
        read(checkpoint, byKey, layout),
        read(checkpoint, byKey, new WeightLayout(graph.constants())),
        stored,
        companions);
  }

  /** The graph's tensors by the keys that they have in this file. */
  private static Map<String, Parameter> byKey(Checkpoint checkpoint, Graph graph) {
    Map<String, Parameter> keys = new HashMap<>();
    for (Parameter parameter : graph.parameters()) {
      boolean old =
          parameter.alias() != null
              && checkpoint.find(parameter.name()).isEmpty()
              && checkpoint.find(parameter.alias()).isPresent();
      keys.put(old ? parameter.alias() : parameter.name(), parameter);
    }
    return keys;
  }

  private static float[] read(
      Checkpoint checkpoint, Map<String, Parameter> byKey, WeightLayout layout) {
    float[] values = new float[layout.size()];
    byKey.forEach(
        (key, parameter) ->
            layout
                .find(parameter.name())
                .ifPresent(
                    slot -> {
                      checkpoint.readFloats(checkpoint.get(key), values, slot.offset());
                      checkFinite(checkpoint, key, slot, values);
                    }));
    return values;
  }

  private static void checkShape(Checkpoint checkpoint, TensorInfo tensor, Parameter parameter) {
    List<Long> expected = Network.shape(parameter);
    if (!tensor.shape().equals(expected)) {
      throw FipException.data(
          "%s: tensor %s has shape %s, but config.json asks for %s; fetch the two that belong together",
          checkpoint.location(), tensor.name(), tensor.shape(), expected);
    }
  }

  private static void checkFinite(
      Checkpoint checkpoint, String key, WeightLayout.Slot slot, float[] values) {
    for (int i = slot.offset(); i < slot.end(); i++) {
      if (!Float.isFinite(values[i])) {
        throw FipException.data(
            "%s: tensor %s holds %s at element %d; a path needs finite weights",
            checkpoint.location(), key, values[i], i - slot.offset());
      }
    }
  }

  private static NetworkConfig readConfig(Folder folder) throws IOException {
    if (folder.names().isEmpty()) {
      throw FipException.notFound(
          "%s: no such network folder; it must hold config.json and model.safetensors",
          folder.location());
    }
    String location = folder.location() + "/" + Network.CONFIG;
    if (!folder.exists(Network.CONFIG)) {
      throw FipException.notFound("%s: no such file; a network folder must hold it", location);
    }
    return new NetworkConfig(parse(readAll(folder, Network.CONFIG), location), location);
  }

  static JsonNode parse(byte[] text, String location) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw FipException.data("%s: not JSON: %s", location, e.getOriginalMessage());
    } catch (IOException e) {
      throw FipException.storage(e, "%s: cannot read: %s", location, e.getMessage());
    }
  }

  private static byte[] readAll(Folder folder, String name) throws IOException {
    try (InputStream in = folder.open(name)) {
      return in.readAllBytes();
    }
  }
}
