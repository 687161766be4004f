package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.storage.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network in memory: its configuration, its weights as one flat vector, and everything else of
 * its Hugging Face folder, so that it can be written back whole.
 */
public final class Network {
  private static final Logger LOG = LoggerFactory.getLogger(Network.class);
  private static final String CONFIG = "config.json";
  private static final String PREPROCESSOR = "preprocessor_config.json";

  /** Small files of the folder that describe inputs, carried along as they are. */
  private static final List<String> COMPANIONS =
      List.of(
          PREPROCESSOR,
          "tokenizer.json",
          "tokenizer_config.json",
          "vocab.txt",
          "special_tokens_map.json");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final NetworkConfig config;
  private final Graph graph;
  private final WeightLayout layout;
  private final float[] weights;
  private final float[] constants;
  private final List<Stored> stored;
  private final Map<String, byte[]> companions;

  /** A tensor of the file, in the file's order; {@code bytes} only when it is not part of w. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Stored(String name, String dtype, List<Long> shape, byte[] bytes) {}

  private Network(
      NetworkConfig config,
      Graph graph,
      WeightLayout layout,
      float[] weights,
      float[] constants,
      List<Stored> stored,
      Map<String, byte[]> companions) {
    this.config = config;
    this.graph = graph;
    this.layout = layout;
    this.weights = weights;
    this.constants = constants;
    this.stored = stored;
    this.companions = companions;
  }

  /**
   * Reads a Hugging Face folder.
   *
   * @throws FipException NOT_FOUND when the folder or a file of it is missing; DATA when a value is
   *     wrong, naming the file and the key or tensor; STORAGE when reading fails
   */
  public static Network load(Folder folder) {
    try {
      if (folder.names().isEmpty()) {
        throw FipException.notFound(
            "%s: no such network folder; it must hold config.json and model.safetensors",
            folder.location());
      }
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

  /**
   * A network with random weights: each tensor uniform within one over the root of its layer's
   * fan-in.
   *
   * @param preprocessor content of {@code preprocessor_config.json}, or null
   */
  public static Network initialize(NetworkConfig config, JsonNode preprocessor, long seed) {
    Graph graph = Architectures.graph(config);
    List<Parameter> trainable =
        graph.parameters().stream()
            .filter(Parameter::trainable)
            .sorted((a, b) -> WeightLayout.NAME_ORDER.compare(a.name(), b.name()))
            .toList();
    WeightLayout layout = new WeightLayout(trainable);
    float[] weights = new float[layout.size()];
    SplittableRandom random = new SplittableRandom(seed);
    for (WeightLayout.Slot slot : layout.slots()) {
      double bound = 1 / Math.sqrt(fanIn(slot.parameter(), layout));
      for (int i = slot.offset(); i < slot.end(); i++) {
        weights[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
    List<Stored> stored = new ArrayList<>();
    for (Parameter parameter : trainable) {
      stored.add(
          new Stored(
              parameter.name(),
              ElementType.F32.name(),
              parameter.shape().stream().map(Integer::longValue).toList(),
              null));
    }
    Map<String, byte[]> companions = new LinkedHashMap<>();
    if (preprocessor != null) {
      companions.put(PREPROCESSOR, pretty(preprocessor));
    }
    return new Network(config, graph, layout, weights, new float[0], stored, companions);
  }

  private static int fanIn(Parameter parameter, WeightLayout layout) {
    Parameter matrix =
        layout
            .find(parameter.name().replaceFirst("\\.bias$", ".weight"))
            .map(WeightLayout.Slot::parameter)
            .orElse(parameter);
    return Math.max(1, matrix.size() / matrix.shape().get(0));
  }

  private static Network read(
      Checkpoint checkpoint, NetworkConfig config, Graph graph, Map<String, byte[]> companions) {
    Map<String, Parameter> missing = new LinkedHashMap<>();
    graph.parameters().forEach(p -> missing.put(p.name(), p));
    List<Parameter> order = new ArrayList<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      Parameter parameter = missing.remove(tensor.name());
      if (parameter != null) {
        checkShape(checkpoint, tensor, parameter);
        if (parameter.trainable()) {
          order.add(parameter);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw FipException.data(
          "%s: tensor %s of %s is missing",
          checkpoint.location(), missing.keySet().iterator().next(), config.architecture());
    }
    WeightLayout layout = new WeightLayout(order);
    float[] weights = new float[layout.size()];
    List<Stored> stored = new ArrayList<>();
    for (TensorInfo tensor : checkpoint.tensors()) {
      Optional<WeightLayout.Slot> slot = layout.find(tensor.name());
      if (slot.isPresent()) {
        checkpoint.readFloats(tensor, weights, slot.get().offset());
        checkFinite(checkpoint, slot.get(), weights);
      }
      byte[] bytes = slot.isPresent() ? null : checkpoint.readBytes(tensor);
      stored.add(new Stored(tensor.name(), tensor.dtype(), tensor.shape(), bytes));
    }
    return new Network(
        config, graph, layout, weights, constants(checkpoint, graph), stored, companions);
  }

  private static float[] constants(Checkpoint checkpoint, Graph graph) {
    List<Parameter> constants = graph.parameters().stream().filter(p -> !p.trainable()).toList();
    float[] values = new float[constants.stream().mapToInt(Parameter::size).sum()];
    int offset = 0;
    for (Parameter constant : constants) {
      checkpoint.readFloats(checkpoint.find(constant.name()).orElseThrow(), values, offset);
      offset += constant.size();
    }
    return values;
  }

  private static void checkShape(Checkpoint checkpoint, TensorInfo tensor, Parameter parameter) {
    List<Long> expected = parameter.shape().stream().map(Integer::longValue).toList();
    if (!tensor.shape().equals(expected)) {
      throw FipException.data(
          "%s: tensor %s has shape %s, but config.json asks for %s",
          checkpoint.location(), tensor.name(), tensor.shape(), expected);
    }
  }

  private static void checkFinite(Checkpoint checkpoint, WeightLayout.Slot slot, float[] weights) {
    for (int i = slot.offset(); i < slot.end(); i++) {
      if (!Float.isFinite(weights[i])) {
        throw FipException.data(
            "%s: tensor %s holds %s at element %d; a path needs finite weights",
            checkpoint.location(), slot.parameter().name(), weights[i], i - slot.offset());
      }
    }
  }

  private static NetworkConfig readConfig(Folder folder) throws IOException {
    String location = folder.location() + "/" + CONFIG;
    if (!folder.exists(CONFIG)) {
      throw FipException.notFound("%s: no such file; a network folder must hold it", location);
    }
    return new NetworkConfig(parse(readAll(folder, CONFIG), location), location);
  }

  private static JsonNode parse(byte[] text, String location) {
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

  private static byte[] pretty(JsonNode json) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The configuration. */
  public NetworkConfig config() {
    return config;
  }

  /** The computation. */
  public Graph graph() {
    return graph;
  }

  /** Where each tensor lies in w. */
  public WeightLayout layout() {
    return layout;
  }

  /** w, [P] float32; not to be written to. */
  public float[] weights() {
    return weights;
  }

  /** The constants, flat, float32; not to be written to. */
  public float[] constants() {
    return constants;
  }

  /** C, the number of outputs. */
  public int classes() {
    return graph.classes();
  }

  /** The parsed {@code preprocessor_config.json}, if the folder has one. */
  public Optional<JsonNode> preprocessor() {
    return Optional.ofNullable(companions.get(PREPROCESSOR))
        .map(text -> parse(text, config.location().replace(CONFIG, PREPROCESSOR)));
  }

  /** What a worker needs to compile this network. */
  public NetworkDefinition definition() {
    return new NetworkDefinition(
        config.json().toString(),
        config.location(),
        layout.slots().stream().map(slot -> slot.parameter().name()).toList(),
        constants,
        preprocessor().map(JsonNode::toString).orElse(null));
  }

  /** This network with other weights, [P], which it takes over. */
  public Network withWeights(float[] other) {
    if (other.length != weights.length) {
      throw new IllegalArgumentException(
          "the network has " + weights.length + " weights, not " + other.length);
    }
    return new Network(config, graph, layout, other, constants, stored, companions);
  }

  /**
   * This network with more or fewer outputs: old rows of the head stay as they are, new ones are
   * zero.
   */
  public Network withClasses(int classes) {
    if (classes == classes()) {
      return this;
    }
    NetworkConfig newConfig = config.withClasses(classes);
    Graph newGraph = Architectures.graph(newConfig);
    Map<String, Parameter> byName = new LinkedHashMap<>();
    newGraph.parameters().forEach(p -> byName.put(p.name(), p));
    WeightLayout newLayout =
        new WeightLayout(
            layout.slots().stream().map(slot -> byName.get(slot.parameter().name())).toList());
    float[] newWeights = new float[newLayout.size()];
    for (WeightLayout.Slot slot : layout.slots()) {
      WeightLayout.Slot target = newLayout.find(slot.parameter().name()).orElseThrow();
      int length = Math.min(slot.parameter().size(), target.parameter().size());
      System.arraycopy(weights, slot.offset(), newWeights, target.offset(), length);
    }
    List<Stored> newStored = new ArrayList<>();
    for (Stored tensor : stored) {
      Parameter parameter = byName.get(tensor.name);
      List<Long> shape =
          parameter == null
              ? tensor.shape
              : parameter.shape().stream().map(Integer::longValue).toList();
      newStored.add(new Stored(tensor.name, tensor.dtype, shape, tensor.bytes));
    }
    return new Network(
        newConfig, newGraph, newLayout, newWeights, constants, newStored, companions);
  }

  /**
   * Writes the folder: configuration, weights with the tensors in the order they were read in, and
   * the companion files. Tensors that are not part of w are written back byte for byte.
   */
  public void save(Folder folder) throws IOException {
    write(folder, CONFIG, pretty(config.json()));
    for (Map.Entry<String, byte[]> companion : companions.entrySet()) {
      write(folder, companion.getKey(), companion.getValue());
    }
    SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
    for (Stored tensor : stored) {
      long[] shape = tensor.shape.stream().mapToLong(Long::longValue).toArray();
      Optional<WeightLayout.Slot> slot = layout.find(tensor.name);
      if (slot.isPresent()) {
        writer.add(tensor.name, ElementType.F32, shape, weights, slot.get().offset());
      } else {
        ElementType type =
            ElementType.find(tensor.dtype)
                .orElseThrow(
                    () ->
                        FipException.data(
                            "tensor %s has type %s, which cannot be written",
                            tensor.name, tensor.dtype));
        writer.add(tensor.name, type, shape, tensor.bytes);
      }
    }
    try (OutputStream out = folder.create(Checkpoint.FILE)) {
      writer.writeTo(out);
    }
    LOG.debug("wrote {}", folder.location());
  }

  private static void write(Folder folder, String name, byte[] content) throws IOException {
    try (OutputStream out = folder.create(name)) {
      out.write(content);
    }
  }
}
