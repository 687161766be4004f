package org.fip.core.manifold;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fip.core.FipException;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Graph;

/**
 * Some consecutive shards on one device, each run by a thread of its own, with one compiled network
 * and one copy of each published vector between them. One task at a time.
 */
public final class Worker implements AutoCloseable {
  private final NetworkProgram program;
  private final Vectors.Cache vectors;
  private final Blocks blocks;
  private final List<Shard> shards = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * Compiles the network for the device.
   *
   * @param first index of the first shard
   * @param data for each shard, its part of each data set by name; decoded at its first use
   */
  public Worker(WorkerSpec spec, int first, List<Map<String, ShardData>> data, Device device) {
    Graph graph = spec.network().graph();
    program = new NetworkProgram(graph, spec.network().layout(graph), device, spec.functions());
    vectors = new Vectors.Cache(device);
    blocks = new Blocks(spec.network(), device);
    for (int i = 0; i < data.size(); i++) {
      shards.add(new Shard(spec, first + i, data.get(i), program, blocks, device));
    }
    threads =
        Executors.newFixedThreadPool(
            data.size(),
            task -> {
              Thread thread = new Thread(task, "fip-shard");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * The worker's share of a round: its shards' shares added in their order.
   *
   * @param live numbers of the vectors that are still published; what is kept of others is dropped
   * @throws FipException the failure of a share that a user can act on
   */
  public Partial run(ShardTask task, List<Published> published, Set<Long> live) {
    shards.forEach(shard -> shard.retain(live));
    vectors.retain(live);
    Vectors opened = vectors.open(published);
    List<Future<Partial>> running = new ArrayList<>();
    for (Shard shard : shards) {
      running.add(threads.submit(() -> task.run(shard, opened)));
    }
    return Partial.add(await(running));
  }

  /** Copies a vector to the device now, so that its array may change afterwards. */
  public void hold(Published vector) {
    vectors.open(List.of(vector)).get(0);
  }

  /**
   * The shares, once the last of them has ended: whatever happens, no shard is still computing when
   * this returns, because the next task, or closing, takes native memory from under it.
   */
  private static List<Partial> await(List<Future<Partial>> running) {
    List<Partial> shares = new ArrayList<>();
    RuntimeException failure = null;
    boolean interrupted = false;
    for (Future<Partial> share : running) {
      while (true) {
        try {
          shares.add(share.get());
          break;
        } catch (ExecutionException e) {
          failure = e.getCause() instanceof FipException known ? known : new RuntimeException(e);
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return shares;
  }

  /** Not to be called while a task runs. */
  @Override
  public void close() {
    threads.shutdown();
    shards.forEach(Shard::close);
    blocks.close();
    vectors.close();
    program.close();
  }
}
