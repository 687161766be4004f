package org.fip.spark.allreduce;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets as connections between processes of one application have them. */
final class Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
  private static final int BACKLOG = 128;

  private Sockets() {}

  /** A socket that listens on the first port that is not taken. */
  static ServerSocketChannel listen(InetAddress host, Ports ports) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      bind(server, host, ports);
      return server;
    } catch (IOException e) {
      closeQuietly(server);
      throw e;
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

  /** Where others reach a socket that listens: host, colon, port. */
  static String address(ServerSocketChannel server) throws IOException {
    InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** A connection with who listens at an address. */
  static SocketChannel connect(String address, Duration patience) throws IOException {
    int colon = address.lastIndexOf(':');
    SocketChannel channel = SocketChannel.open();
    try {
      InetAddress host = InetAddress.getByName(address.substring(0, colon));
      int port = Integer.parseInt(address.substring(colon + 1));
      channel
          .socket()
          .connect(new InetSocketAddress(host, port), Math.toIntExact(patience.toMillis()));
      prepare(channel);
      return channel;
    } catch (IOException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  /** Sets what both ends of a connection set. */
  static void prepare(SocketChannel channel) throws IOException {
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

  /** Fills a buffer, calling {@code progressed} after each part. */
  static void read(SocketChannel channel, ByteBuffer bytes, Runnable progressed)
      throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the other side has closed its connection");
      }
      progressed.run();
    }
  }

  /** Sends the rest of a buffer. */
  static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Closes what nobody needs any more. */
  static void closeQuietly(Closeable channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Nobody needs it any more.
      }
    }
  }
}
