package org.fip.spark.allreduce;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fip.core.manifold.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends vectors of this process to whoever has the secret of the run: what an executor holds since
 * a round, to the driver. They go from the array that holds them to the socket, block by block, and
 * are never copied as a whole.
 */
public final class VectorServer implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(VectorServer.class);

  /** What every server is called: what it serves is named in each request. */
  static final int RANK = 0;

  private final Callers callers;
  private final Source source;
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** What this process holds. */
  @FunctionalInterface
  public interface Source {
    /** The vector of a worker since a round, or null when it is not here. */
    float[] find(int worker, long number);
  }

  private VectorServer(InetAddress host, Ports ports, Secret secret, Source source, Limits limits)
      throws IOException {
    this.source = source;
    callers =
        new Callers(
            Sockets.listen(host, ports),
            secret,
            RANK,
            limits.handshake(),
            Callers.FEWEST,
            this::serveQuietly);
  }

  /**
   * Listens, and serves until it is closed.
   *
   * @param host this machine as the others reach it
   * @throws IOException when this machine cannot listen there, or all ports are taken
   */
  public static VectorServer listen(
      InetAddress host, Ports ports, Secret secret, Source source, Limits limits)
      throws IOException {
    VectorServer server = new VectorServer(host, ports, secret, source, limits);
    server.callers.start();
    return server;
  }

  /** Where others reach this process: host, colon, port. */
  public String address() throws IOException {
    return callers.address();
  }

  private void serveQuietly(int caller, SocketChannel channel) {
    connections.add(channel);
    try {
      if (!closed) {
        serve(channel);
      }
    } catch (EOFException e) {
      // The other side has what it wanted.
    } catch (IOException e) {
      LOG.info("rank {} is gone: {}", caller, e.getMessage());
    } finally {
      connections.remove(channel);
      Sockets.closeQuietly(channel);
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    ByteBuffer bytes = VectorRequest.buffer(VectorRequest.BLOCK_BYTES);
    while (true) {
      Sockets.read(channel, bytes.clear().limit(VectorRequest.BYTES), () -> {});
      VectorRequest request = VectorRequest.read(bytes.flip());
      float[] vector = source.find(request.worker(), request.number());
      int length = vector == null ? VectorRequest.NOT_HELD : vector.length;
      Sockets.write(channel, bytes.clear().putInt(length).flip());
      Wire wire = request.wire();
      int most = VectorRequest.BLOCK_BYTES / wire.bytes();
      for (int from = 0; from < length; ) {
        int count = Math.min(most, length - from);
        wire.put(vector, from, count, bytes.clear().limit(count * wire.bytes()));
        Sockets.write(channel, bytes);
        from += count;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    callers.close();
    connections.forEach(Sockets::closeQuietly);
  }
}
