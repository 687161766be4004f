package org.fip.spark.allreduce;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Wire;

/**
 * Sums over the members of a group that every member gets, to the same bits as if one machine had
 * added the shares in the order of the ranks.
 *
 * <p>A vector is cut into one chunk for each rank. First each rank receives its chunk of all others
 * and adds them in their order (reduce-scatter), then it sends the total of its chunk to all others
 * (all-gather). Each rank sends and receives 2 (N - 1) / N of the vector, the least there can be
 * (Patarasuk and Yuan 2009, doi 10.1016/j.jpdc.2008.09.002); a ring of N ranks has the same bytes,
 * N - 1 hops in place of one for each half, and adds every chunk in another order. Sending and
 * receiving overlap, in blocks through one direct buffer each.
 *
 * <p>Every sum begins with a small frame from each rank to each other, with the number of the sum,
 * what is summed and the scalars, or the failure of a rank. So all ranks go on, or all fail alike.
 * Not safe for several threads.
 */
public final class AllReduce implements AutoCloseable {
  private static final int MAGIC = 0x46495032;
  private static final int BLOCK_BYTES = 1 << 18;
  private static final int LARGEST_FRAME = 1 << 16;

  /** Bytes of a frame before its scalars or its failure. */
  private static final int FRAME_HEAD = 4 + 8 + 8 + 4 + 4 + 4 + 4;

  private static final int SUM = 0;
  private static final int FAILURE = 1;

  private final Mesh mesh;
  private final Wire wire;
  private final int rank;
  private final int size;
  private final long job;
  private final ByteBuffer outgoing = direct(BLOCK_BYTES);
  private final ByteBuffer incoming = direct(BLOCK_BYTES);
  private final ByteBuffer frame = direct(LARGEST_FRAME);
  private final float[] scratch;
  private final ExecutorService sender;
  private final StallGuard guard;
  private long number;

  /**
   * Sums over connected members, who close with it.
   *
   * @param job a number that the members of the group agree on
   */
  public AllReduce(Mesh mesh, Wire wire, long job) {
    this.mesh = mesh;
    this.wire = wire;
    this.job = job;
    rank = mesh.rank();
    size = mesh.size();
    scratch = new float[BLOCK_BYTES / wire.bytes()];
    sender =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "fip-allreduce-send");
              thread.setDaemon(true);
              return thread;
            });
    guard = new StallGuard(mesh, mesh.limits().stall());
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Bytes that all ranks together send of shares, and again of totals, for a vector. */
  public long bytesEachWay(int length) {
    return (long) (size - 1) * length * wire.bytes();
  }

  /**
   * Replaces the share by the total, and returns it.
   *
   * @param kind a number of what is summed, on which all ranks must agree
   * @throws FipException the failure of the lowest rank that has one, on all ranks; TEMPORARY when
   *     a rank is lost
   */
  public Partial sum(int kind, Partial share) {
    float[] vector = share.vector();
    try {
      agree(kind, share, null);
      if (vector.length > 0 && size > 1) {
        guard.begin();
        Future<?> shares = sender.submit(() -> sendShares(vector));
        addShares(vector);
        Future<?> totals = sender.submit(() -> sendTotal(vector));
        receiveTotals(vector);
        await(shares);
        await(totals);
        guard.end();
      }
      return share;
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** The beginning of a sum, and no more of it. */
  void agreeOnly(int kind, Partial share) throws IOException {
    agree(kind, share, null);
  }

  /** Takes part in a sum without a share, whose failure all ranks throw. */
  public FipException refuse(int kind, FipException failure) {
    try {
      agree(kind, Partial.of(), failure);
      throw new IllegalStateException("a failure was agreed on by nobody");
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private FipException lost(IOException e) {
    guard.end();
    return new FipException(
        Category.TEMPORARY,
        String.format(
            "rank %d of %d lost another in sum %d: %s",
            rank, size, number, guard.stalled() ? guard.describe() : e.getMessage()),
        e);
  }

  /** Exchanges frames; the scalars of the share become their sums. */
  private void agree(int kind, Partial share, FipException failure) throws IOException {
    number++;
    ByteBuffer own = encode(kind, share, failure);
    for (int i = 1; i < size; i++) {
      write((rank + i) % size, own.duplicate());
    }
    double[] sums = new double[share.sums().length];
    FipException first = null;
    for (int other = 0; other < size; other++) {
      ByteBuffer theirs = other == rank ? own.duplicate().order(own.order()) : read(other);
      FipException thrown = decode(other, theirs, kind, share.vector().length, sums, failure);
      first = first == null ? thrown : first;
    }
    if (first != null) {
      throw first;
    }
    System.arraycopy(sums, 0, share.sums(), 0, sums.length);
  }

  private ByteBuffer encode(int kind, Partial share, FipException failure) {
    byte[] text = failure == null ? new byte[0] : text(failure);
    int body = failure == null ? Double.BYTES * share.sums().length : text.length;
    ByteBuffer bytes = direct(FRAME_HEAD + body);
    bytes.putInt(MAGIC).putLong(job).putLong(number).putInt(kind).putInt(share.vector().length);
    bytes.putInt(failure == null ? SUM : FAILURE).putInt(body);
    if (failure == null) {
      for (double sum : share.sums()) {
        bytes.putDouble(sum);
      }
    } else {
      bytes.put(text);
    }
    return bytes.flip();
  }

  /** A failure as its category, a space, and its message, cut to what a frame holds. */
  private static byte[] text(FipException failure) {
    byte[] text =
        (failure.category() + " " + failure.getMessage()).getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(text, Math.min(text.length, LARGEST_FRAME - FRAME_HEAD));
  }

  private static FipException failure(String text) {
    int space = text.indexOf(' ');
    return new FipException(Category.valueOf(text.substring(0, space)), text.substring(space + 1));
  }

  private ByteBuffer read(int other) throws IOException {
    read(other, frame.clear().limit(FRAME_HEAD));
    int body = frame.getInt(FRAME_HEAD - Integer.BYTES);
    if (frame.getInt(0) != MAGIC || body < 0 || body > LARGEST_FRAME - FRAME_HEAD) {
      throw new IOException("rank " + other + " sent what is no frame");
    }
    read(other, frame.limit(FRAME_HEAD + body).position(FRAME_HEAD));
    return frame.position(0);
  }

  /** Adds the scalars of a frame, or returns its failure. */
  private FipException decode(
      int other, ByteBuffer bytes, int kind, int length, double[] sums, FipException own)
      throws IOException {
    bytes.getInt();
    long itsJob = bytes.getLong();
    long itsNumber = bytes.getLong();
    int itsKind = bytes.getInt();
    int itsLength = bytes.getInt();
    int status = bytes.getInt();
    int body = bytes.getInt();
    if (itsJob != job || itsNumber != number || itsKind != kind) {
      throw new IOException(
          "rank %d is at sum %d of kind %d, this one at %d of %d"
              .formatted(other, itsNumber, itsKind, number, kind));
    }
    if (status != SUM) {
      byte[] text = new byte[body];
      bytes.get(text);
      return failure(new String(text, StandardCharsets.UTF_8));
    }
    if (own == null) {
      if (itsLength != length || body != Double.BYTES * sums.length) {
        throw new IOException(
            "rank %d has a share of %d floats and %d scalars, this one of %d and %d"
                .formatted(other, itsLength, body / Double.BYTES, length, sums.length));
      }
      for (int i = 0; i < sums.length; i++) {
        sums[i] = other == 0 ? bytes.getDouble() : sums[i] + bytes.getDouble();
      }
    }
    return null;
  }

  private int boundary(int length, int index) {
    return (int) ((long) length * index / size);
  }

  private int blocks(int length) {
    int longest = (int) (((long) length + size - 1) / size);
    return (longest + scratch.length - 1) / scratch.length;
  }

  /** What is done with a block of a chunk. */
  private interface BlockUse {
    void accept(int from, int count) throws IOException;
  }

  private void block(int length, int chunk, int index, BlockUse use) throws IOException {
    long from = boundary(length, chunk) + (long) index * scratch.length;
    long count = Math.min(scratch.length, boundary(length, chunk + 1) - from);
    if (count > 0) {
      use.accept((int) from, (int) count);
    }
  }

  private Void sendShares(float[] vector) throws IOException {
    for (int index = 0; index < blocks(vector.length); index++) {
      for (int i = 1; i < size; i++) {
        int other = (rank + i) % size;
        block(vector.length, other, index, (from, count) -> send(other, vector, from, count));
      }
    }
    return null;
  }

  private Void sendTotal(float[] vector) throws IOException {
    for (int index = 0; index < blocks(vector.length); index++) {
      for (int i = 1; i < size; i++) {
        int other = (rank + i) % size;
        block(vector.length, rank, index, (from, count) -> send(other, vector, from, count));
      }
    }
    return null;
  }

  /** The shares of lower ranks are added up before this rank's own is, those of higher after. */
  private void addShares(float[] vector) throws IOException {
    for (int index = 0; index < blocks(vector.length); index++) {
      block(
          vector.length,
          rank,
          index,
          (from, count) -> {
            wire.round(vector, from, from + count);
            for (int other = 0; other < size; other++) {
              if (other == rank) {
                addLower(vector, from, count);
                continue;
              }
              receive(other, count);
              if (other > rank) {
                wire.add(incoming, vector, from, count);
              } else if (other == 0) {
                wire.get(incoming, scratch, 0, count);
              } else {
                wire.add(incoming, scratch, 0, count);
              }
            }
            wire.round(vector, from, from + count);
          });
    }
  }

  private void addLower(float[] vector, int from, int count) {
    if (rank > 0) {
      for (int i = 0; i < count; i++) {
        vector[from + i] = scratch[i] + vector[from + i];
      }
    }
  }

  private void receiveTotals(float[] vector) throws IOException {
    for (int index = 0; index < blocks(vector.length); index++) {
      for (int i = 1; i < size; i++) {
        int other = (rank + size - i) % size;
        block(
            vector.length,
            other,
            index,
            (from, count) -> {
              receive(other, count);
              wire.get(incoming, vector, from, count);
            });
      }
    }
  }

  private void send(int other, float[] vector, int from, int count) throws IOException {
    outgoing.clear().limit(count * wire.bytes());
    wire.put(vector, from, count, outgoing);
    write(other, outgoing);
  }

  private void receive(int other, int count) throws IOException {
    read(other, incoming.clear().limit(count * wire.bytes()));
    incoming.position(0);
  }

  private void write(int other, ByteBuffer bytes) throws IOException {
    SocketChannel peer = mesh.peer(other);
    while (bytes.hasRemaining()) {
      if (peer.write(bytes) > 0) {
        guard.progressed();
      }
    }
  }

  private void read(int other, ByteBuffer bytes) throws IOException {
    SocketChannel peer = mesh.peer(other);
    while (bytes.hasRemaining()) {
      if (peer.read(bytes) < 0) {
        throw new IOException("rank " + other + " has closed its connection");
      }
      guard.progressed();
    }
  }

  private static void await(Future<?> sent) throws IOException {
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    guard.close();
    mesh.close();
    sender.shutdown();
  }
}
