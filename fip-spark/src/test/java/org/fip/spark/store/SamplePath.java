package org.fip.spark.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.PathState;
import org.fip.core.path.Waypoint;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.Folder;
import org.junit.jupiter.api.Assertions;

/** A small path whose every waypoint follows from its step, and a start network for it. */
final class SamplePath {
  static final List<FlatTensor> TENSORS =
      List.of(
          new FlatTensor("z.weight", List.of(2L, 3L), 0, 6),
          new FlatTensor("a.bias", List.of(2L), 6, 2),
          new FlatTensor("scale", List.of(), 8, 1));
  static final int WEIGHTS = 9;

  private static final ObjectMapper JSON = new ObjectMapper();

  private SamplePath() {}

  static ObjectNode recipe() {
    try {
      return (ObjectNode)
          JSON.readTree(
              """
              {"network": "models/x", "seed": 0, "rate": 0.1,
               "keep": [{"path": "data/a", "limit": 50}], "empty": {},
               "path": {"sampler": "anchored", "steps": 3, "checkpointEvery": 1}}
              """);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static PathDescription description() {
    return new PathDescription(recipe(), Map.of("version", "0.1", "data", "sha256:00"));
  }

  static Waypoint waypoint(long step) {
    PathState state = new PathState(step, values(step, 1));
    System.arraycopy(values(step, 2), 0, state.vector("momentum"), 0, WEIGHTS);
    System.arraycopy(values(step, 3), 0, state.vector("anchor/ü"), 0, WEIGHTS);
    state.setScalar("rate", 0.1 / (step + 1));
    state.setScalar("nothing", Double.NaN);
    state.setScalar("bound", Double.NEGATIVE_INFINITY);
    state.setScalar("tiny", -0.0);
    Measurement measurement =
        new Measurement(
            step,
            Math.sqrt((double) step),
            1e-300,
            Double.NaN,
            0.1 + 0.2,
            3,
            4,
            5,
            1L << 40,
            7,
            0.5);
    return new Waypoint(
        state,
        List.of(measurement),
        step % 2 == 0 ? Map.of() : Map.of("mnist", new Evaluation(0.9772, Double.NaN, 10_000)));
  }

  static void assertIsWaypoint(long step, Waypoint actual) {
    Waypoint expected = waypoint(step);
    Assertions.assertEquals(step, actual.step());
    Assertions.assertArrayEquals(expected.state().weights(), actual.state().weights());
    Assertions.assertEquals(expected.state().vectors().keySet(), actual.state().vectors().keySet());
    expected
        .state()
        .vectors()
        .forEach(
            (name, values) ->
                Assertions.assertArrayEquals(values, actual.state().vectors().get(name), name));
    Assertions.assertEquals(expected.state().scalars(), actual.state().scalars());
    Assertions.assertEquals(expected.measurements(), actual.measurements());
    Assertions.assertEquals(expected.evaluation(), actual.evaluation());
  }

  /** A Hugging Face folder whose checkpoint also has tensors that are not on the path. */
  static void fillStart(Folder folder) throws IOException {
    try (OutputStream out = folder.create("config.json")) {
      out.write("{\"architectures\": [\"X\"]}".getBytes(StandardCharsets.UTF_8));
    }
    SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt")).inLibraryOrder();
    for (FlatTensor tensor : TENSORS) {
      writer.add(
          tensor.name(), ElementType.F32, tensor.dimensions(), values(0, 1), tensor.offset());
    }
    writer
        .add("norm.count", ElementType.I64, new long[0], new long[] {1234567890123L})
        .add("norm.mean", ElementType.F32, new long[] {2}, new float[] {0.25f, -1}, 0);
    try (OutputStream out = folder.create("model.safetensors")) {
      writer.writeTo(out);
    }
  }

  /** Walks from wherever the store stands to step {@code last}, committing each step. */
  static void walk(PathStore store, long last) {
    if (store.start().isEmpty()) {
      store.writeStart(SamplePath::fillStart);
    }
    PathStore writing = store.forTensors(TENSORS);
    Optional<Waypoint> newest = writing.newest();
    newest.ifPresent(waypoint -> assertIsWaypoint(waypoint.step(), waypoint));
    for (long step = newest.map(Waypoint::step).orElse(-1L) + 1; step <= last; step++) {
      writing.commit(waypoint(step));
    }
  }

  private static float[] values(long step, int kind) {
    float[] values = new float[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) {
      values[i] = (float) Math.sin(31.0 * step + 7.0 * kind + i);
    }
    return values;
  }
}
