package org.fip.spark.allreduce;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of one member of a group with each of the others, who are known by their ranks. Each
 * member calls those below it. Whoever cannot prove to be of the group is turned away, and does not
 * hold up those who can.
 */
public final class Mesh implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);
  private static final int BACKLOG = 128;
  private static final int MOST_STRANGERS = 32;

  private final ServerSocketChannel server;
  private final Secret secret;
  private final int rank;
  private final int size;
  private final Limits limits;
  private final SocketChannel[] peers;
  private final Set<SocketChannel> strangers = ConcurrentHashMap.newKeySet();
  private int connected;
  private boolean closed;

  private Mesh(ServerSocketChannel server, Secret secret, int rank, int size, Limits limits) {
    this.server = server;
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
    ServerSocketChannel server = null;
    try {
      server = ServerSocketChannel.open();
      bind(server, host, ports);
      return new Mesh(server, secret, rank, size, limits);
    } catch (IOException e) {
      closeQuietly(server);
      throw new FipException(
          Category.CONFIGURATION,
          String.format(
              "an executor cannot listen on its own address %s, %s (%s); set"
                  + " path.communication.mode to driver",
              host, ports, e.getMessage()),
          e);
    }
  }

  private static void bind(ServerSocketChannel server, InetAddress host, Ports ports)
      throws IOException {
    for (int port = ports.first(); port < ports.last(); port++) {
      try {
        server.bind(new InetSocketAddress(host, port), BACKLOG);
        return;
      } catch (BindException e) {
        LOG.info("port {} is taken, the next one is tried", port);
      }
    }
    server.bind(new InetSocketAddress(host, ports.last()), BACKLOG);
  }

  /** Where the others reach this member: host, colon, port. */
  public String address() {
    InetSocketAddress address;
    try {
      address = (InetSocketAddress) server.getLocalAddress();
    } catch (IOException e) {
      throw lost(e);
    }
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /**
   * Connects with all others.
   *
   * @param addresses of all members, by rank
   * @throws FipException TEMPORARY when one of them does not come in time
   */
  public void connect(List<String> addresses) {
    Thread answering = new Thread(this::answer, "fip-allreduce-answer");
    answering.setDaemon(true);
    answering.start();
    try {
      for (int other = 0; other < rank; other++) {
        add(other, call(other, addresses.get(other)));
      }
      awaitAll();
    } catch (IOException e) {
      throw lost(e);
    } finally {
      closeQuietly(server);
      strangers.forEach(Mesh::closeQuietly);
    }
  }

  private SocketChannel call(int other, String address) throws IOException {
    int colon = address.lastIndexOf(':');
    SocketChannel channel = SocketChannel.open();
    try {
      InetAddress host = InetAddress.getByName(address.substring(0, colon));
      int port = Integer.parseInt(address.substring(colon + 1));
      channel
          .socket()
          .connect(new InetSocketAddress(host, port), Math.toIntExact(limits.opening().toMillis()));
      prepare(channel);
      Handshake.call(channel, secret, rank, other, limits.opening());
      return channel;
    } catch (IOException e) {
      closeQuietly(channel);
      throw new IOException("rank " + other + " at " + address + ": " + e.getMessage(), e);
    }
  }

  private void answer() {
    try {
      while (true) {
        SocketChannel caller = server.accept();
        if (strangers.size() >= MOST_STRANGERS) {
          closeQuietly(caller);
          continue;
        }
        strangers.add(caller);
        Thread thread = new Thread(() -> admit(caller), "fip-allreduce-admit");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // Closed, once all have come.
    }
  }

  private void admit(SocketChannel caller) {
    boolean admitted = false;
    try {
      prepare(caller);
      int other = Handshake.answer(caller, secret, rank, limits.handshake());
      if (other <= rank || other >= size) {
        throw new IOException("rank " + other + " does not call rank " + rank);
      }
      add(other, caller);
      admitted = true;
    } catch (IOException e) {
      LOG.warn("rank {} turned a caller away: {}", rank, e.getMessage());
    } finally {
      strangers.remove(caller);
      if (!admitted) {
        closeQuietly(caller);
      }
    }
  }

  private static void prepare(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    // A machine that is gone says nothing: found out within half a minute.
    set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, 10);
    set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, 5);
    set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
  }

  private static void set(SocketChannel channel, SocketOption<Integer> option, int value)
      throws IOException {
    if (channel.supportedOptions().contains(option)) {
      channel.setOption(option, value);
    }
  }

  private synchronized void add(int other, SocketChannel channel) throws IOException {
    if (closed || peers[other] != null) {
      closeQuietly(channel);
      throw new IOException("rank " + other + " is connected already");
    }
    strangers.remove(channel);
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
    closeQuietly(server);
    for (SocketChannel peer : peers) {
      closeQuietly(peer);
    }
    strangers.forEach(Mesh::closeQuietly);
  }

  private static void closeQuietly(Closeable channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Nobody needs it any more.
      }
    }
  }
}
