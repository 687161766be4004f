package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.manifold.NativeExamples.MiniBatch;
import org.fip.core.objective.Batch;

/**
 * A part of every data set of a run, on one device, with the network compiled for it. For one
 * thread at a time.
 */
public final class Shard implements AutoCloseable {
  private final int index;
  private final int count;
  private final long memory;
  private final int classes;
  private final Blocks blocks;
  private final NDManager manager;
  private final NetworkProgram program;
  private final BatchProgram batches;
  private final NDArray constants;
  private final Map<String, ShardData> data;
  private final Map<Kept, Linearized> kept = new HashMap<>();
  private final Set<String> labelled = new HashSet<>();
  private final EpochOrders orders;
  private final Device device;
  private final Heads heads;
  private PixelSteps pixels;

  /** Most examples of one pass: more gain no speed. */
  private static final int MOST_EXAMPLES = 1024;

  /** What a linearisation is kept under. */
  private record Kept(long weights, Batch batch, long step) {}

  /** A linearisation in parts, and the memory that its activations take. */
  private record Linearized(List<Linearization> parts, long bytes) {}

  Shard(
      WorkerSpec spec,
      int index,
      Map<String, ShardData> data,
      NetworkProgram program,
      Blocks blocks,
      Device device) {
    this.blocks = blocks;
    this.index = index;
    this.count = spec.shards();
    this.memory = spec.memory();
    this.program = program;
    this.classes = program.classes();
    this.data = data;
    manager = Torch.newManager(device);
    batches = new BatchProgram(device);
    float[] values = spec.network().constants();
    constants = Program.upload(manager, values, Precision.FLOAT32, new Shape(values.length));
    orders = new EpochOrders(spec.seed());
    heads = new Heads(spec.network().heads(), classes, manager);
    this.device = device;
  }

  NetworkProgram program() {
    return program;
  }

  BatchProgram batches() {
    return batches;
  }

  NDArray constants() {
    return constants;
  }

  /** How the network's outputs are divided. */
  Heads heads() {
    return heads;
  }

  /**
   * What moves images; made at its first use.
   *
   * @throws FipException with category DATA when the network reads texts
   */
  PixelSteps pixels() {
    if (pixels == null) {
      pixels = new PixelSteps(device, blocks.pixelRange());
    }
    return pixels;
  }

  /**
   * Random numbers for images of a set, the same for an image whatever shard and mini-batch it is
   * in, when every shard holds the whole set.
   *
   * @param rows rows of the block that the images are of
   */
  ProjectedAscent.Randomness randomness(String name, String purpose, long step, int[] rows) {
    long stream = block(name).replicated() ? -1 : index;
    return (image, restart) ->
        Seeds.stream(
            orders.seed(), Seeds.of(name), Seeds.of(purpose), stream, step, rows[image], restart);
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
      rows.checkLabels(classes, "data set " + name);
      labelled.add(name);
    }
  }

  /**
   * Checks that a set's rows have an output of this network stored with each.
   *
   * @throws IllegalArgumentException when they have not
   */
  void requireOutputs(String name) {
    EncodedExamples rows = block(name).rows();
    if (rows.outputs().length != rows.size() * classes) {
      throw new IllegalArgumentException(
          "data set %s has %d stored outputs for %d rows and %d classes"
              .formatted(name, rows.outputs().length, rows.size(), classes));
    }
  }

  /** A new owner of arrays for the length of a task. */
  NDManager scope() {
    return manager.newSubManager();
  }

  /** Outputs of the network. */
  int classes() {
    return classes;
  }

  /** Rows of a whole set. */
  int total(String name) {
    return block(name).total();
  }

  /**
   * Where the own rows of a replicated set stood before it was divided.
   *
   * @throws FipException with category DATA when the set is too large to be replicated
   */
  int[] places(String name) {
    ShardData block = block(name);
    if (!block.replicated()) {
      throw FipException.data(
          "data set %s has %d rows, and not every shard holds more than %d; give fewer",
          name, block.total(), ShardData.REPLICATED_ROWS);
    }
    return Arrays.copyOfRange(
        Rows.permutation(block.total(), orders.seed()), block.from(), block.to());
  }

  /** Whether each shard has a row of a batch at each step. */
  boolean reachesAll(Batch batch) {
    return (batch.size() == 0 ? block(batch.data()).total() : batch.size()) >= count;
  }

  /** This shard's part of a batch at a step. */
  Draw draw(Batch batch, long step) {
    ShardData block = block(batch.data());
    return batch.size() == 0 ? Draw.own(block) : Draw.of(batch, block, orders, step, index, count);
  }

  /** Random numbers of a task's own at a step, for one of the rows that it draws. */
  SplittableRandom random(Batch batch, long step, int row) {
    return Seeds.stream(orders.seed(), Seeds.of(batch.data()), Seeds.of("row"), step, row);
  }

  /** Uses a draw in pieces that fit the memory budget. */
  void forEachMicroBatch(Batch batch, Draw draw, MicroBatchUse use) {
    forEachMicroBatch(batch, draw, microBatch(nativeBlock(batch.data())), use);
  }

  /** Uses a draw in pieces of at most so many examples. */
  void forEachMicroBatch(Batch batch, Draw draw, int most, MicroBatchUse use) {
    NativeExamples block = nativeBlock(batch.data());
    int n = draw.rows().length;
    for (int from = 0; from < n; from += most) {
      try (NDManager scope = scope()) {
        Draw part = draw.slice(from, Math.min(n, from + most));
        use.accept(scope, cut(scope, block, part));
      }
    }
  }

  /** What is done with one micro-batch; arrays in {@code scope} are gone afterwards. */
  interface MicroBatchUse {
    void accept(NDManager scope, MiniBatch miniBatch);
  }

  /** Half of the memory is for one pass, the other half for what is kept from pass to pass. */
  private int microBatch(NativeExamples block) {
    return (int) Math.max(1, Math.min(MOST_EXAMPLES, memory / 2 / block.bytesPerExample()));
  }

  /** What is done with the network linearised over one part of a batch. */
  interface LinearizationUse {
    void accept(NDManager scope, Linearization part);
  }

  /**
   * Uses the network linearised over this shard's part of a batch. If the memory budget allows it,
   * the linearisation is made once and kept until the number of the weights is withdrawn, else it
   * is made again at each use, piece by piece. The results are the same.
   *
   * @param id number of the weights
   */
  void forEachLinearization(
      long id, NDArray weights, Batch batch, long step, LinearizationUse use) {
    Kept key = new Kept(id, batch, step);
    if (!kept.containsKey(key)) {
      Draw draw = draw(batch, step);
      if (!keep(key, weights, draw)) {
        passOver(weights, batch, draw, use);
        return;
      }
    }
    for (Linearization part : kept.get(key).parts) {
      try (NDManager scope = scope()) {
        use.accept(scope, part);
      }
    }
  }

  /** Linearises and keeps that, unless the memory for it is short. */
  private boolean keep(Kept key, NDArray weights, Draw draw) {
    NativeExamples block = nativeBlock(key.batch.data());
    long bytes = block.bytesPerExample() * draw.rows().length;
    long held = kept.values().stream().mapToLong(Linearized::bytes).sum();
    if (held + bytes > memory / 2) {
      return false;
    }
    kept.put(key, new Linearized(linearize(weights, block, draw), bytes));
    return true;
  }

  /** Linearises piece by piece and keeps nothing. */
  private void passOver(NDArray weights, Batch batch, Draw draw, LinearizationUse use) {
    forEachMicroBatch(
        batch,
        draw,
        (scope, part) -> {
          try (Linearization passing =
              program.linearize(scope(), weights, constants, part.inputs())) {
            use.accept(scope, passing);
          }
        });
  }

  private List<Linearization> linearize(NDArray weights, NativeExamples block, Draw draw) {
    List<Linearization> parts = new ArrayList<>();
    int n = draw.rows().length;
    int most = microBatch(block);
    for (int from = 0; from < n; from += most) {
      Draw part = draw.slice(from, Math.min(n, from + most));
      NDManager owner = scope();
      MiniBatch miniBatch = cut(owner, block, part);
      parts.add(program.linearize(owner, weights, constants, miniBatch.inputs()));
    }
    return parts;
  }

  /** Closes the linearisations at all weights but these. */
  void retain(Set<Long> live) {
    kept.entrySet()
        .removeIf(
            entry -> {
              if (live.contains(entry.getKey().weights)) {
                return false;
              }
              entry.getValue().parts.forEach(Linearization::close);
              return true;
            });
  }

  private MiniBatch cut(NDManager owner, NativeExamples block, Draw part) {
    String substitutes = part.widening().texts().substitutes();
    return block.cut(owner, batches, part, substitutes == null ? block : nativeBlock(substitutes));
  }

  private NativeExamples nativeBlock(String name) {
    return blocks.get(name, index, block(name));
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
    if (pixels != null) {
      pixels.close();
    }
    batches.close();
    manager.close();
  }
}
