package org.fip.spark.allreduce;

import java.io.FilterInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a socket brings until a moment; a socket's own time limit is one for each read. */
final class DeadlineInput extends FilterInputStream {
  private final Socket socket;
  private final long end;

  DeadlineInput(Socket socket, Duration patience) throws IOException {
    super(socket.getInputStream());
    this.socket = socket;
    end = System.nanoTime() + patience.toNanos();
  }

  @Override
  public int read() throws IOException {
    limit();
    return super.read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    limit();
    return super.read(into, offset, length);
  }

  private void limit() throws IOException {
    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("timed out");
    }
    socket.setSoTimeout(Math.toIntExact(Math.min(left, Integer.MAX_VALUE)));
  }
}
