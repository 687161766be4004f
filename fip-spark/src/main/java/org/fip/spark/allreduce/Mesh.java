package org.fip.spark.allreduce;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * Connections of one member of a group with each of the others, who are known by their ranks. Each
 * member calls those below it.
 */
public final class Mesh implements Closeable {
  private final Callers callers;
  private final Secret secret;
  private final int rank;
  private final int size;
  private final Limits limits;
  private final SocketChannel[] peers;
  private int connected;
  private boolean closed;

  private Mesh(ServerSocketChannel server, Secret secret, int rank, int size, Limits limits) {
    // All others may call at once, and as many strangers must not keep them out.
    int most = Math.max(Callers.FEWEST, 2 * size);
    callers = new Callers(server, secret, rank, limits.handshake(), most, this::admit);
    this.secret = secret;
    this.rank = rank;
    this.size = size;
    this.limits = limits;
    peers = new SocketChannel[size];
  }

  /**
   * Listens for the others.
   *
   * @param host this machine as the others reach it
   * @throws FipException CONFIGURATION when this machine cannot listen there, or all ports are
   *     taken
   */
  public static Mesh listen(
      InetAddress host, Ports ports, Secret secret, int rank, int size, Limits limits) {
    try {
      return new Mesh(Sockets.listen(host, ports), secret, rank, size, limits);
    } catch (IOException e) {
      throw new FipException(
          Category.CONFIGURATION,
          String.format(
              "an executor cannot listen on its own address %s, %s (%s); set"
                  + " path.communication.mode to driver",
              host, ports, e.getMessage()),
          e);
    }
  }

  /** Where the others reach this member: host, colon, port. */
  public String address() {
    try {
      return callers.address();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /**
   * Connects with all others.
   *
   * @param addresses of all members, by rank
   * @throws FipException TEMPORARY when one of them does not come in time
   */
  public void connect(List<String> addresses) {
    callers.start();
    try {
      for (int other = 0; other < rank; other++) {
        add(other, call(other, addresses.get(other)));
      }
      awaitAll();
    } catch (IOException e) {
      throw lost(e);
    } finally {
      callers.close();
    }
  }

  private SocketChannel call(int other, String address) throws IOException {
    SocketChannel channel = null;
    try {
      channel = Sockets.connect(address, limits.opening());
      Handshake.call(channel, secret, rank, other, limits.opening());
      return channel;
    } catch (IOException e) {
      Sockets.closeQuietly(channel);
      throw new IOException("rank " + other + " at " + address + ": " + e.getMessage(), e);
    }
  }

  private void admit(int other, SocketChannel caller) throws IOException {
    if (other <= rank || other >= size) {
      throw new IOException("rank " + other + " does not call rank " + rank);
    }
    add(other, caller);
  }

  private synchronized void add(int other, SocketChannel channel) throws IOException {
    if (closed || peers[other] != null) {
      Sockets.closeQuietly(channel);
      throw new IOException("rank " + other + " is connected already");
    }
    peers[other] = channel;
    connected++;
    notifyAll();
  }

  private synchronized void awaitAll() throws IOException {
    long end = System.nanoTime() + limits.opening().toNanos();
    while (connected < size - 1) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new IOException(
            "%d of %d others have come within %d s"
                .formatted(connected, size - 1, limits.opening().toSeconds()));
      }
      try {
        wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private FipException lost(IOException e) {
    return new FipException(
        Category.TEMPORARY,
        String.format("rank %d of %d: no connection: %s", rank, size, e.getMessage()),
        e);
  }

  int rank() {
    return rank;
  }

  int size() {
    return size;
  }

  Limits limits() {
    return limits;
  }

  /** The connection with another member. */
  SocketChannel peer(int other) {
    return peers[other];
  }

  @Override
  public synchronized void close() {
    closed = true;
    callers.close();
    for (SocketChannel peer : peers) {
      Sockets.closeQuietly(peer);
    }
  }
}
