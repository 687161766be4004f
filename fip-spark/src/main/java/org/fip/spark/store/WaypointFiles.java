package org.fip.spark.store;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.PathState;
import org.fip.core.path.Waypoint;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.safetensors.TensorInfo;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.storage.Folder;

/**
 * A waypoint as three files: {@code model.safetensors} with the network's tensors by name, laid out
 * as the safetensors library does so that it can stand in a Hugging Face folder, {@code
 * state.safetensors} with the sampler's vectors, and {@code metrics.json} with everything else.
 */
final class WaypointFiles {
  static final String MODEL = Checkpoint.FILE;
  static final String STATE = "state.safetensors";
  static final String METRICS = "metrics.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(new LenientDoubles())
          .build();

  private WaypointFiles() {}

  /**
   * The content of {@code metrics.json}.
   *
   * @param tensors the names of the tensors on the path, in the order of the flat vector
   */
  record Metrics(
      long step,
      List<String> tensors,
      SortedMap<String, Double> scalars,
      List<Measurement> measurements,
      SortedMap<String, Evaluation> evaluation) {}

  /**
   * Writes the three files.
   *
   * @param tensors the slices of the flat weight vector
   * @param start the start network, whose tensors that are not on the path are copied
   */
  static void write(
      Waypoint waypoint, List<FlatTensor> tensors, Optional<Checkpoint> start, Folder folder)
      throws IOException {
    PathState state = waypoint.state();
    SafetensorsWriter model = new SafetensorsWriter(Map.of("format", "pt")).inLibraryOrder();
    for (FlatTensor tensor : tensors) {
      model.add(
          tensor.name(), ElementType.F32, tensor.dimensions(), state.weights(), tensor.offset());
    }
    start.ifPresent(source -> copyOthers(source, tensors, model));
    SafetensorsWriter vectors = new SafetensorsWriter(Map.of()).inLibraryOrder();
    state
        .vectors()
        .forEach(
            (name, values) ->
                vectors.add(name, ElementType.F32, new long[] {values.length}, values, 0));
    try (OutputStream out = folder.create(MODEL)) {
      model.writeTo(out);
    }
    try (OutputStream out = folder.create(STATE)) {
      vectors.writeTo(out);
    }
    Metrics metrics =
        new Metrics(
            waypoint.step(),
            tensors.stream().map(FlatTensor::name).toList(),
            new TreeMap<>(state.scalars()),
            waypoint.measurements(),
            new TreeMap<>(waypoint.evaluation()));
    try (OutputStream out = folder.create(METRICS)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(metrics));
    }
  }

  /**
   * Reads the three files.
   *
   * @throws FipException with category DATA when they do not fit together
   */
  static Waypoint read(HadoopFolder folder) {
    Metrics metrics = readMetrics(folder);
    PathState state;
    try (SafetensorsReader model = open(folder, MODEL)) {
      state = new PathState(metrics.step(), readWeights(model, metrics.tensors()));
    }
    try (SafetensorsReader vectors = open(folder, STATE)) {
      for (TensorInfo tensor : vectors.tensors()) {
        if (tensor.elements() != state.weights().length) {
          throw FipException.data(
              "%s: vector '%s' has %d elements, the path has %d weights",
              vectors.location(), tensor.name(), tensor.elements(), state.weights().length);
        }
        vectors.readFloats(tensor, state.vector(tensor.name()), 0);
      }
    }
    metrics.scalars().forEach(state::setScalar);
    return new Waypoint(state, metrics.measurements(), metrics.evaluation());
  }

  static Metrics readMetrics(HadoopFolder folder) {
    byte[] bytes;
    try (InputStream in = folder.open(METRICS)) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw Failures.reading(e, folder.resolve(METRICS));
    }
    try {
      return JSON.readValue(bytes, Metrics.class);
    } catch (IOException e) {
      throw FipException.data("%s: is not the metrics of a waypoint", folder.resolve(METRICS));
    }
  }

  /**
   * The tensors on the path of a waypoint, in the order of its flat vector.
   *
   * @throws FipException with category DATA when one is missing
   */
  static List<FlatTensor> readTensors(HadoopFolder folder) {
    try (SafetensorsReader model = open(folder, MODEL)) {
      return flatten(model, readMetrics(folder).tensors());
    }
  }

  /** The tensors on the path, open for reading; the caller closes it. */
  static WaypointWeights openWeights(HadoopFolder folder) {
    List<String> names = readMetrics(folder).tensors();
    SafetensorsReader model = open(folder, MODEL);
    try {
      return new WaypointWeights(model, flatten(model, names));
    } catch (FipException e) {
      model.close();
      throw e;
    }
  }

  private static void copyOthers(
      TensorSource source, List<FlatTensor> tensors, SafetensorsWriter model) {
    Set<String> onPath = new HashSet<>();
    tensors.forEach(tensor -> onPath.add(tensor.name()));
    for (TensorInfo tensor : source.tensors()) {
      if (!onPath.contains(tensor.name())) {
        model.copy(tensor, source);
      }
    }
  }

  private static float[] readWeights(TensorSource model, List<String> names) {
    List<FlatTensor> tensors = flatten(model, names);
    float[] weights = new float[tensors.stream().mapToInt(FlatTensor::length).sum()];
    for (FlatTensor tensor : tensors) {
      model.readFloats(model.get(tensor.name()), weights, tensor.offset());
    }
    return weights;
  }

  private static List<FlatTensor> flatten(TensorSource model, List<String> names) {
    List<FlatTensor> tensors = new ArrayList<>();
    long offset = 0;
    for (String name : names) {
      TensorInfo tensor = model.get(name);
      long end = offset + tensor.elements();
      if (end > Integer.MAX_VALUE) {
        throw FipException.data(
            "%s: has more than %d weights on the path", model.location(), Integer.MAX_VALUE);
      }
      tensors.add(new FlatTensor(name, tensor.shape(), (int) offset, (int) tensor.elements()));
      offset = end;
    }
    return tensors;
  }

  private static SafetensorsReader open(HadoopFolder folder, String name) {
    try {
      return SafetensorsReader.open(folder.openRandom(name), folder.resolve(name).toString());
    } catch (IOException e) {
      throw Failures.reading(e, folder.resolve(name));
    }
  }
}
