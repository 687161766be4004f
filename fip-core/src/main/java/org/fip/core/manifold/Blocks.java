package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.data.PixelRange;
import org.fip.core.engine.Torch;
import org.fip.core.network.Graph;
import org.fip.core.network.InputDecoder;
import org.fip.core.network.NetworkDefinition;

/**
 * The data sets of a worker on its device, decoded at their first use. A set that every shard holds
 * is there once for all of them. Safe for several threads.
 */
final class Blocks implements AutoCloseable {
  private final NetworkDefinition network;
  private final Graph graph;
  private final NDManager manager;
  private InputDecoder decoder;
  private final Map<Key, NativeExamples> blocks = new ConcurrentHashMap<>();

  /** A data set, and the shard whose part it is; -1 for all shards. */
  private record Key(String name, int shard) {}

  Blocks(NetworkDefinition network, Device device) {
    this.network = network;
    graph = network.graph();
    manager = Torch.newManager(device);
  }

  /** A shard's part of a data set. */
  NativeExamples get(String name, int shard, ShardData part) {
    return blocks.computeIfAbsent(
        new Key(name, part.replicated() ? -1 : shard), absent -> decode(part));
  }

  private NativeExamples decode(ShardData part) {
    boolean whole = part.rows().kind() == EncodedExamples.Kind.TENSORS;
    Examples examples = whole ? part.rows().decodeTensors() : decoder().decode(part.rows());
    Map<String, List<Integer>> sizes = new HashMap<>();
    examples.inputs().forEach(input -> sizes.put(input.name(), input.shape()));
    return new NativeExamples(manager, examples, part.rows().outputs(), network.graph(sizes));
  }

  /** Where the pixels of images lie in the network's input. */
  PixelRange pixelRange() {
    return decoder().pixelRange();
  }

  /** Made at its first use, because not every run has data that need one. */
  private synchronized InputDecoder decoder() {
    if (decoder == null) {
      decoder = network.decoder(graph);
    }
    return decoder;
  }

  @Override
  public void close() {
    if (decoder != null) {
      decoder.close();
    }
    blocks.clear();
    manager.close();
  }
}
