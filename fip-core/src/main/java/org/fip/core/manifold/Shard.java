package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.manifold.NativeExamples.MiniBatch;
import org.fip.core.network.Graph;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.objective.Batch;

/**
 * A part of every data set of a run, on one device, with the network compiled for it. For one
 * thread at a time.
 */
public final class Shard implements AutoCloseable {
  private final int index;
  private final int count;
  private final int microBatch;
  private final NetworkDefinition network;
  private final Graph graph;
  private final NDManager manager;
  private final NetworkProgram program;
  private final BatchProgram batches;
  private final NDArray constants;
  private final Map<String, ShardData> data;
  private final Map<String, NativeExamples> blocks = new HashMap<>();
  private final Map<Kept, List<Linearization>> kept = new HashMap<>();
  private final Set<String> labelled = new HashSet<>();
  private final EpochOrders orders;

  /** What a linearisation is kept under. */
  private record Kept(long weights, Batch batch, long step) {}

  Shard(
      WorkerSpec spec,
      int index,
      Map<String, ShardData> data,
      NetworkProgram program,
      Device device) {
    this.network = spec.network();
    this.graph = network.graph();
    this.index = index;
    this.count = spec.shards();
    this.microBatch = spec.microBatch();
    this.program = program;
    this.data = data;
    manager = Torch.newManager(device);
    batches = new BatchProgram(device);
    float[] values = spec.network().constants();
    constants = Program.upload(manager, values, Precision.FLOAT32, new Shape(values.length));
    orders = new EpochOrders(spec.seed());
  }

  NetworkProgram program() {
    return program;
  }

  NDArray constants() {
    return constants;
  }

  /**
   * Checks that the network has an output for every label of a set's own rows.
   *
   * @throws FipException with category DATA when it has not, or when the set has no labels
   */
  void requireLabels(String name) {
    if (!labelled.contains(name)) {
      EncodedExamples rows = block(name).rows();
      if (rows.labels().length == 0 && rows.size() > 0) {
        throw FipException.data(
            "data set %s has no labels, and a task asks for them; name data with labels", name);
      }
      rows.checkLabels(graph.classes(), "data set " + name);
      labelled.add(name);
    }
  }

  /** A new owner of arrays for the length of a task. */
  NDManager scope() {
    return manager.newSubManager();
  }

  /** This shard's part of a batch at a step. */
  Draw draw(Batch batch, long step) {
    ShardData block = block(batch.data());
    return batch.size() == 0 ? Draw.own(block) : Draw.of(batch, block, orders, step, index, count);
  }

  /** Uses a draw in pieces that fit the memory budget. */
  void forEachMicroBatch(Batch batch, Draw draw, MicroBatchUse use) {
    NativeExamples block = nativeBlock(batch.data());
    int n = draw.rows().length;
    for (int from = 0; from < n; from += microBatch) {
      try (NDManager scope = scope()) {
        Draw part = draw.slice(from, Math.min(n, from + microBatch));
        use.accept(scope, block.cut(scope, batches, part));
      }
    }
  }

  /** What is done with one micro-batch; arrays in {@code scope} are gone afterwards. */
  interface MicroBatchUse {
    void accept(NDManager scope, MiniBatch miniBatch);
  }

  /**
   * The network linearised over this shard's part of a batch, at the weights of the given number;
   * computed once and kept until the number is withdrawn.
   */
  List<Linearization> linearizations(long id, NDArray weights, Batch batch, long step) {
    return kept.computeIfAbsent(
        new Kept(id, batch, step),
        key -> {
          List<Linearization> parts = new ArrayList<>();
          NativeExamples block = nativeBlock(batch.data());
          Draw draw = draw(batch, step);
          int n = draw.rows().length;
          for (int from = 0; from < n; from += microBatch) {
            Draw part = draw.slice(from, Math.min(n, from + microBatch));
            NDManager owner = scope();
            MiniBatch miniBatch = block.cut(owner, batches, part);
            parts.add(program.linearize(owner, weights, constants, miniBatch.inputs()));
          }
          return parts;
        });
  }

  /** Closes the linearisations at all weights but these. */
  void retain(Set<Long> live) {
    kept.entrySet()
        .removeIf(
            entry -> {
              if (live.contains(entry.getKey().weights)) {
                return false;
              }
              entry.getValue().forEach(Linearization::close);
              return true;
            });
  }

  /** The set on the device; decoded and copied there at its first use. */
  private NativeExamples nativeBlock(String name) {
    return blocks.computeIfAbsent(
        name, absent -> new NativeExamples(manager, network.decode(block(absent).rows(), graph)));
  }

  private ShardData block(String name) {
    ShardData block = data.get(name);
    if (block == null) {
      throw FipException.data("no data set is named %s; there are %s", name, data.keySet());
    }
    return block;
  }

  @Override
  public void close() {
    retain(Set.of());
    batches.close();
    manager.close();
  }
}
