package org.fip.spark.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What one loopback socket carries. */
final class Loopback {
  private Loopback() {}

  /** The best of five transfers of 256 MiB through a loopback socket, in blocks of 1 MiB. */
  static double bytesPerSecond() throws Exception {
    byte[] block = new byte[1 << 20];
    int blocks = 256;
    double best = 0;
    ExecutorService sender = Executors.newSingleThreadExecutor();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket from = new Socket();
        Socket to = connect(server, from)) {
      for (int i = 0; i < 5; i++) {
        long begun = System.nanoTime();
        Future<Void> sent = sender.submit(sending(from.getOutputStream(), block, blocks));
        receive(to.getInputStream(), (long) blocks * block.length);
        sent.get();
        double seconds = (System.nanoTime() - begun) / 1e9;
        best = Math.max(best, (double) blocks * block.length / seconds);
      }
    } finally {
      sender.shutdown();
    }
    return best;
  }

  private static Socket connect(ServerSocket server, Socket from) throws IOException {
    from.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
    return server.accept();
  }

  private static Callable<Void> sending(OutputStream out, byte[] block, int blocks) {
    return () -> {
      for (int i = 0; i < blocks; i++) {
        out.write(block);
      }
      out.flush();
      return null;
    };
  }

  private static void receive(InputStream in, long bytes) throws IOException {
    byte[] block = new byte[1 << 20];
    long left = bytes;
    while (left > 0) {
      int read = in.read(block, 0, (int) Math.min(block.length, left));
      if (read < 0) {
        throw new IOException("the sender closed with " + left + " bytes left");
      }
      left -= read;
    }
  }
}
