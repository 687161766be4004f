package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network in memory: its configuration, its weights as one flat vector, and everything else of
 * its Hugging Face folder, so that it can be written back whole.
 */
public final class Network {
  private static final Logger LOG = LoggerFactory.getLogger(Network.class);
  static final String CONFIG = "config.json";
  static final String PREPROCESSOR = "preprocessor_config.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String F32 = ElementType.F32.name();

  private final NetworkConfig config;
  private final TensorSelection selection;
  private final Graph graph;
  private final WeightLayout layout;
  private final float[] weights;
  private final float[] constants;
  private final List<StoredTensor> stored;
  private final Map<String, byte[]> companions;

  Network(
      NetworkConfig config,
      TensorSelection selection,
      Graph graph,
      WeightLayout layout,
      float[] weights,
      float[] constants,
      List<StoredTensor> stored,
      Map<String, byte[]> companions) {
    this.config = config;
    this.selection = selection;
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
    return NetworkReader.read(folder);
  }

  /**
   * The computation of the network in a Hugging Face folder, without its weights.
   *
   * @throws FipException as {@link #load}
   */
  public static Graph graph(Folder folder) {
    return NetworkReader.graph(folder);
  }

  /**
   * A network with random weights: each tensor uniform within one over the root of its layer's
   * fan-in.
   *
   * @param preprocessor content of {@code preprocessor_config.json}, or null
   */
  public static Network initialize(NetworkConfig config, JsonNode preprocessor, long seed) {
    Graph graph = Architectures.graph(config);
    WeightLayout layout =
        new WeightLayout(
            graph.moving().stream()
                .sorted((a, b) -> WeightLayout.NAME_ORDER.compare(a.name(), b.name()))
                .toList());
    WeightLayout constants = new WeightLayout(graph.constants());
    SplittableRandom random = new SplittableRandom(seed);
    float[] weights = initial(layout, random);
    List<StoredTensor> stored = new ArrayList<>();
    graph.parameters().stream()
        .sorted((a, b) -> WeightLayout.NAME_ORDER.compare(a.name(), b.name()))
        .forEach(p -> stored.add(new StoredTensor(p.name(), p.name(), F32, shape(p), null)));
    Map<String, byte[]> companions = new LinkedHashMap<>();
    if (preprocessor != null) {
      companions.put(PREPROCESSOR, pretty(preprocessor));
    }
    return new Network(
        config,
        TensorSelection.ALL,
        graph,
        layout,
        weights,
        initial(constants, random),
        stored,
        companions);
  }

  private static float[] initial(WeightLayout layout, SplittableRandom random) {
    float[] values = new float[layout.size()];
    for (WeightLayout.Slot slot : layout.slots()) {
      double bound = 1 / Math.sqrt(fanIn(slot.parameter(), layout));
      for (int i = slot.offset(); i < slot.end(); i++) {
        values[i] =
            switch (slot.parameter().initial()) {
              case FAN_IN -> (float) (bound * (2 * random.nextDouble() - 1));
              case NORMAL -> (float) (0.02 * random.nextGaussian());
              case ZERO -> 0;
              case ONE -> 1;
            };
      }
    }
    return values;
  }

  private static int fanIn(Parameter parameter, WeightLayout layout) {
    Parameter matrix =
        layout
            .find(parameter.name().replaceFirst("\\.bias$", ".weight"))
            .map(WeightLayout.Slot::parameter)
            .orElse(parameter);
    return Math.max(1, matrix.size() / matrix.shape().get(0));
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

  /** The tensors of w by their keys in the file, as slices of the flat vector. */
  public List<FlatTensor> tensors() {
    Map<String, String> keys = new HashMap<>();
    stored.forEach(tensor -> keys.put(tensor.parameter(), tensor.name()));
    return layout.tensors().stream()
        .map(t -> new FlatTensor(keys.get(t.name()), t.shape(), t.offset(), t.length()))
        .toList();
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
        .map(text -> NetworkReader.parse(text, config.location().replace(CONFIG, PREPROCESSOR)));
  }

  /** What a worker needs to compile this network. */
  public NetworkDefinition definition() {
    return new NetworkDefinition(
        config.json().toString(),
        config.location(),
        layout.slots().stream().map(slot -> slot.parameter().name()).toList(),
        constants,
        companions,
        OutputHeads.ONE);
  }

  /** This network with other weights, [P], which it takes over. */
  public Network withWeights(float[] other) {
    if (other.length != weights.length) {
      throw new IllegalArgumentException(
          "the network has " + weights.length + " weights, not " + other.length);
    }
    return new Network(config, selection, graph, layout, other, constants, stored, companions);
  }

  /**
   * This network with more or fewer outputs: old rows of the head stay as they are, new ones are
   * zero.
   *
   * @throws FipException with category DATA when the head is not part of w
   */
  public Network withClasses(int classes) {
    if (classes == classes()) {
      return this;
    }
    for (String tensor : graph.head()) {
      if (layout.find(tensor).isEmpty()) {
        throw FipException.data(
            "the network needs %d outputs and has %d, but its head %s is not among the tensors that"
                + " move (%s); select it, too",
            classes, classes(), tensor, selection);
      }
    }
    NetworkConfig newConfig = config.withClasses(classes);
    Graph newGraph = Architectures.graph(newConfig, selection, Map.of());
    Map<String, Parameter> byName = byName(newGraph);
    WeightLayout newLayout = layout.of(byName);
    float[] newWeights = new float[newLayout.size()];
    for (WeightLayout.Slot slot : layout.slots()) {
      WeightLayout.Slot target = newLayout.find(slot.parameter().name()).orElseThrow();
      int length = Math.min(slot.parameter().size(), target.parameter().size());
      System.arraycopy(weights, slot.offset(), newWeights, target.offset(), length);
    }
    List<StoredTensor> newStored = new ArrayList<>();
    for (StoredTensor tensor : stored) {
      newStored.add(
          tensor.parameter() != null && graph.head().contains(tensor.parameter())
              ? new StoredTensor(
                  tensor.name(),
                  tensor.parameter(),
                  F32,
                  shape(byName.get(tensor.parameter())),
                  null)
              : tensor);
    }
    return new Network(
        newConfig, selection, newGraph, newLayout, newWeights, constants, newStored, companions);
  }

  /**
   * The outputs that nothing was learned of: their rows of the head are zero with their offsets, as
   * new ones are. None where no tensor of the head is among those of w.
   */
  public BitSet unlearned() {
    return HeadRows.of(graph, layout, classes()).zeros(weights);
  }

  /** The same network with nothing learned of these outputs. */
  public Network withUnlearned(BitSet outputs) {
    float[] others = weights.clone();
    HeadRows.of(graph, layout, classes()).clear(others, outputs);
    return withWeights(others);
  }

  /** Whether a configuration of its architecture can say that layers have fewer channels. */
  public boolean canBeSmaller() {
    Map<String, Integer> channels = new HashMap<>();
    graph.channels().forEach(group -> channels.put(group.name(), group.channels()));
    return Architectures.find(config).withChannels(config, channels).isPresent();
  }

  /**
   * This network without the channels that are zero as a whole, with the same outputs, as far as a
   * configuration of its architecture can say; empty when none can.
   */
  public Optional<Network> smaller() {
    SmallerNetwork smaller = new SmallerNetwork(graph, layout, weights);
    return Architectures.find(config)
        .withChannels(config, smaller.channels())
        .map(other -> smaller(smaller, other));
  }

  private Network smaller(SmallerNetwork smaller, NetworkConfig other) {
    Graph newGraph = Architectures.graph(other, selection, Map.of());
    Map<String, Parameter> byName = byName(newGraph);
    smaller.fit(newGraph);
    WeightLayout newLayout = layout.of(byName);
    float[] newWeights = smaller.cut(layout, weights, newLayout);
    WeightLayout newConstants = new WeightLayout(newGraph.constants());
    List<StoredTensor> newStored = new ArrayList<>();
    for (StoredTensor tensor : stored) {
      Parameter parameter = tensor.parameter() == null ? null : byName.get(tensor.parameter());
      newStored.add(
          parameter == null || shape(parameter).equals(tensor.shape())
              ? tensor
              : new StoredTensor(tensor.name(), tensor.parameter(), F32, shape(parameter), null));
    }
    return new Network(
        other,
        selection,
        newGraph,
        newLayout,
        newWeights,
        smaller.cut(new WeightLayout(graph.constants()), constants, newConstants),
        newStored,
        companions);
  }

  /**
   * This network with only the selected tensors in w. The others become constants, and are written
   * back byte for byte.
   *
   * @throws FipException with category DATA when none is selected
   */
  public Network restrictedTo(TensorSelection other) {
    Graph newGraph = Architectures.graph(config, other, Map.of());
    Map<String, Parameter> moving = new HashMap<>();
    newGraph.moving().forEach(p -> moving.put(p.name(), p));
    List<Parameter> order = new ArrayList<>();
    for (StoredTensor tensor : stored) {
      if (moving.containsKey(tensor.parameter())) {
        order.add(moving.get(tensor.parameter()));
      }
    }
    WeightLayout newLayout = new WeightLayout(order);
    return new Network(
        config,
        other,
        newGraph,
        newLayout,
        gather(newLayout),
        gather(new WeightLayout(newGraph.constants())),
        stored,
        companions);
  }

  /**
   * The weights in the order of another network of the same architecture, [P]: what to walk to from
   * there.
   *
   * @throws FipException with category DATA when the two differ in more than their weights
   */
  public float[] weightsLike(Network other) {
    Map<String, Parameter> own = byName(graph);
    for (Parameter parameter : other.graph.parameters()) {
      Parameter mine = own.get(parameter.name());
      if (mine == null || !mine.shape().equals(parameter.shape())) {
        throw FipException.data(
            "%s has no tensor %s of shape %s as %s has; two networks of one architecture and size are"
                + " needed",
            config.location(), parameter.name(), parameter.shape(), other.config.location());
      }
    }
    WeightLayout constantLayout = new WeightLayout(other.graph.constants());
    float[] ownConstants = gather(constantLayout);
    for (WeightLayout.Slot slot : constantLayout.slots()) {
      if (!Arrays.equals(
          ownConstants, slot.offset(), slot.end(), other.constants, slot.offset(), slot.end())) {
        throw FipException.data(
            "%s and %s differ in tensor %s, which is not on the path; two networks that differ in"
                + " their moving tensors only are needed",
            config.location(), other.config.location(), slot.parameter().name());
      }
    }
    return gather(other.layout);
  }

  /** The values that tensors of a layout have in this network, moving or not. */
  public float[] gather(WeightLayout target) {
    WeightLayout constantLayout = new WeightLayout(graph.constants());
    float[] values = new float[target.size()];
    for (WeightLayout.Slot slot : target.slots()) {
      String name = slot.parameter().name();
      Optional<WeightLayout.Slot> source = layout.find(name);
      System.arraycopy(
          source.isPresent() ? weights : constants,
          source.or(() -> constantLayout.find(name)).orElseThrow().offset(),
          values,
          slot.offset(),
          slot.parameter().size());
    }
    return values;
  }

  private static Map<String, Parameter> byName(Graph graph) {
    Map<String, Parameter> byName = new HashMap<>();
    graph.parameters().forEach(p -> byName.put(p.name(), p));
    return byName;
  }

  static List<Long> shape(Parameter parameter) {
    return parameter.shape().stream().map(Integer::longValue).toList();
  }

  /**
   * Writes the folder: configuration, weights with the tensors in the order they were read in, and
   * the companion files. Tensors that are not part of w are written back byte for byte.
   */
  public void save(Folder folder) throws IOException {
    write(folder, CONFIG, pretty(configToSave()));
    for (Map.Entry<String, byte[]> companion : companions.entrySet()) {
      write(folder, companion.getKey(), companion.getValue());
    }
    SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
    WeightLayout constantLayout = new WeightLayout(graph.constants());
    for (StoredTensor tensor : stored) {
      long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
      Optional<WeightLayout.Slot> moving = slot(layout, tensor);
      if (moving.isPresent()) {
        writer.add(tensor.name(), ElementType.F32, shape, weights, moving.get().offset());
      } else if (tensor.bytes() != null) {
        writer.add(tensor.name(), type(tensor), shape, tensor.bytes());
      } else {
        int offset = slot(constantLayout, tensor).orElseThrow().offset();
        writer.add(tensor.name(), ElementType.F32, shape, constants, offset);
      }
    }
    try (OutputStream out = folder.create(Checkpoint.FILE)) {
      writer.writeTo(out);
    }
    LOG.debug("wrote {}", folder.location());
  }

  private static Optional<WeightLayout.Slot> slot(WeightLayout layout, StoredTensor tensor) {
    return tensor.parameter() == null ? Optional.empty() : layout.find(tensor.parameter());
  }

  private static ElementType type(StoredTensor tensor) {
    return ElementType.find(tensor.dtype())
        .orElseThrow(
            () ->
                FipException.data(
                    "tensor %s has type %s, which cannot be written",
                    tensor.name(), tensor.dtype()));
  }

  /** Says float32 where the file said another type of tensors that are now written as floats. */
  private ObjectNode configToSave() {
    ObjectNode json = config.json();
    boolean widened =
        stored.stream().anyMatch(t -> !t.dtype().equals(F32) && slot(layout, t).isPresent());
    for (String key : List.of("dtype", "torch_dtype")) {
      if (widened && json.has(key)) {
        json.put(key, "float32");
      }
    }
    return json;
  }

  private static void write(Folder folder, String name, byte[] content) throws IOException {
    try (OutputStream out = folder.create(name)) {
      out.write(content);
    }
  }
}
