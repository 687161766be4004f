package org.fip.spark.allreduce;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who call a socket that listens. Whoever cannot prove to be of the group is turned away, and
 * does not hold up those who can.
 */
final class Callers implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

  /** The fewest who may prove themselves at once, whatever the size of the group. */
  static final int FEWEST = 32;

  private final ServerSocketChannel server;
  private final Secret secret;
  private final int self;
  private final Duration patience;
  private final int most;
  private final Guest guest;
  private final Set<SocketChannel> strangers = ConcurrentHashMap.newKeySet();

  /** What is done with one who is let in, by a thread of its own. */
  interface Guest {
    /** The connection is the callee's, unless this fails. */
    void accept(int rank, SocketChannel channel) throws IOException;
  }

  /**
   * Callers of a socket, which closes with this.
   *
   * @param self rank of this process
   * @param patience for a stranger to prove itself
   * @param most who may prove themselves at once; more are turned away at once
   */
  Callers(
      ServerSocketChannel server,
      Secret secret,
      int self,
      Duration patience,
      int most,
      Guest guest) {
    this.server = server;
    this.secret = secret;
    this.self = self;
    this.patience = patience;
    this.most = most;
    this.guest = guest;
  }

  /** Begins to answer. */
  void start() {
    thread(this::answer, "fip-callers-answer");
  }

  private static void thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void answer() {
    try {
      while (true) {
        SocketChannel caller = server.accept();
        if (strangers.size() >= most) {
          Sockets.closeQuietly(caller);
          continue;
        }
        strangers.add(caller);
        thread(() -> admit(caller), "fip-callers-admit");
      }
    } catch (IOException e) {
      // Closed, once nobody else is to come.
    }
  }

  private void admit(SocketChannel caller) {
    boolean admitted = false;
    try {
      Sockets.prepare(caller);
      int rank = Handshake.answer(caller, secret, self, patience);
      strangers.remove(caller);
      guest.accept(rank, caller);
      admitted = true;
    } catch (IOException e) {
      LOG.warn("rank {} turned a caller away: {}", self, e.getMessage());
    } finally {
      strangers.remove(caller);
      if (!admitted) {
        Sockets.closeQuietly(caller);
      }
    }
  }

  String address() throws IOException {
    return Sockets.address(server);
  }

  @Override
  public void close() {
    Sockets.closeQuietly(server);
    strangers.forEach(Sockets::closeQuietly);
  }
}
