package org.fip.spark.allreduce;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fip.core.manifold.Wire;

/**
 * Adds up vectors that other processes hold, in a given order, as they come: all send at once, each
 * over a connection that stays from sum to sum, and a block of each is added to the total before
 * the next block is. So this process holds the total and one block, however many send, and the bits
 * are those of whole vectors added in that order. Not safe for several threads.
 */
public final class VectorSum implements Closeable {
  /** What a member that is no rank calls itself. */
  private static final int CALLER = -1;

  private final Secret secret;
  private final Limits limits;
  private final Map<Holder, SocketChannel> connections = new ConcurrentHashMap<>();
  private final ByteBuffer block = VectorRequest.buffer(VectorRequest.BLOCK_BYTES);
  private StallGuard guard;

  /**
   * Who holds a vector.
   *
   * @param address of the process's {@link VectorServer}
   * @param worker the vector's worker
   */
  public record Holder(String address, int worker) {}

  /** Sums over those who have this secret. */
  public VectorSum(Secret secret, Limits limits) {
    this.secret = secret;
    this.limits = limits;
  }

  /**
   * The sum of vectors that are held since a round.
   *
   * @param holders in the order in which their vectors are added
   * @param length of each vector
   * @param wire how the vectors travel; the total is not rounded
   * @throws IOException when one of them is not there or does not answer; the next sum connects
   *     anew
   */
  public float[] sum(List<Holder> holders, long number, int length, Wire wire) throws IOException {
    boolean complete = false;
    try {
      List<SocketChannel> channels = connect(holders);
      if (guard == null) {
        guard = new StallGuard(this::closeConnections, limits.stall());
      }
      guard.begin();
      float[] total = new float[length];
      request(holders, channels, number, wire);
      require(holders, channels, length);
      int most = VectorRequest.BLOCK_BYTES / wire.bytes();
      for (int from = 0; from < length; ) {
        int count = Math.min(most, length - from);
        for (int i = 0; i < channels.size(); i++) {
          read(channels.get(i), count * wire.bytes());
          if (i == 0) {
            wire.get(block, total, from, count);
          } else {
            wire.add(block, total, from, count);
          }
        }
        from += count;
      }
      guard.end();
      complete = true;
      return total;
    } catch (IOException e) {
      throw guard != null && guard.stalled() ? new IOException(guard.describe(), e) : e;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  private List<SocketChannel> connect(List<Holder> holders) throws IOException {
    Set<Holder> gone = new HashSet<>(connections.keySet());
    holders.forEach(gone::remove);
    gone.forEach(holder -> Sockets.closeQuietly(connections.remove(holder)));
    List<SocketChannel> channels = new ArrayList<>();
    for (Holder holder : holders) {
      SocketChannel channel = connections.get(holder);
      if (channel == null) {
        channel = Sockets.connect(holder.address(), limits.opening());
        connections.put(holder, channel);
        Handshake.call(channel, secret, CALLER, VectorServer.RANK, limits.handshake());
      }
      channels.add(channel);
    }
    return channels;
  }

  private void request(List<Holder> holders, List<SocketChannel> channels, long number, Wire wire)
      throws IOException {
    for (int i = 0; i < channels.size(); i++) {
      new VectorRequest(holders.get(i).worker(), number, wire).write(block);
      Sockets.write(channels.get(i), block);
    }
  }

  private void require(List<Holder> holders, List<SocketChannel> channels, int length)
      throws IOException {
    for (int i = 0; i < channels.size(); i++) {
      read(channels.get(i), Integer.BYTES);
      int found = block.getInt();
      if (found != length) {
        throw new IOException(
            String.format(
                "worker %d at %s holds %s, not %d floats",
                holders.get(i).worker(),
                holders.get(i).address(),
                found == VectorRequest.NOT_HELD ? "nothing" : found + " floats",
                length));
      }
    }
  }

  private void read(SocketChannel channel, int bytes) throws IOException {
    Sockets.read(channel, block.clear().limit(bytes), guard::progressed);
    block.flip();
  }

  private void closeConnections() {
    List.copyOf(connections.values()).forEach(Sockets::closeQuietly);
  }

  @Override
  public void close() {
    closeConnections();
    connections.clear();
    if (guard != null) {
      guard.close();
      guard = null;
    }
  }
}
