package org.fip.spark.allreduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fip.core.manifold.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorSumTest {
  private static final long NUMBER = 3;
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));
  private static final Limits SHORT =
      new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMillis(300));

  private final Secret secret = Secret.random();
  private final List<float[]> vectors = new ArrayList<>();
  private final List<VectorServer> servers = new ArrayList<>();
  private final VectorSum sum = new VectorSum(secret, LIMITS);

  @AfterEach
  void close() {
    sum.close();
    servers.forEach(VectorServer::close);
  }

  /** Two workers on each of several processes, as it were. */
  private List<VectorSum.Holder> hold(int workers, int length) throws IOException {
    Random random = new Random(workers);
    List<VectorSum.Holder> holders = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      float[] vector = new float[length];
      for (int i = 0; i < length; i++) {
        vector[i] = (float) random.nextGaussian();
      }
      vectors.add(vector);
      if (worker % 2 == 0) {
        servers.add(serve());
      }
      holders.add(new VectorSum.Holder(servers.get(worker / 2).address(), worker));
    }
    return holders;
  }

  private VectorServer serve() throws IOException {
    return VectorServer.listen(
        InetAddress.getLoopbackAddress(),
        Ports.ANY,
        secret,
        (worker, number) -> number == NUMBER ? vectors.get(worker) : null,
        LIMITS);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, FLOAT32",
    "2, 200000, FLOAT32",
    "5, 65536, FLOAT32",
    "5, 65537, BFLOAT16",
    "3, 300000, BFLOAT16",
    "2, 0, FLOAT32"
  })
  void totalsHaveTheBitsOfWholeVectorsInTheirOrder(int workers, int length, Wire wire)
      throws IOException {
    List<VectorSum.Holder> holders = hold(workers, length);
    float[] expected = new float[length];
    for (int worker = 0; worker < workers; worker++) {
      float[] sent = vectors.get(worker).clone();
      wire.round(sent, 0, length);
      for (int i = 0; i < length; i++) {
        expected[i] = worker == 0 ? sent[i] : expected[i] + sent[i];
      }
    }
    for (int again = 0; again < 3; again++) {
      assertArrayEquals(expected, sum.sum(holders, NUMBER, length, wire));
    }
  }

  @Test
  void aVectorThatIsNotThereIsAFailureAndTheNextSumIsNot() throws IOException {
    List<VectorSum.Holder> holders = hold(3, 100_000);
    IOException other =
        assertThrows(IOException.class, () -> sum.sum(holders, NUMBER + 1, 100_000, Wire.FLOAT32));
    assertTrue(other.getMessage().contains("worker 0 at "), other.getMessage());
    assertTrue(other.getMessage().endsWith("holds nothing, not 100000 floats"));
    IOException longer =
        assertThrows(IOException.class, () -> sum.sum(holders, NUMBER, 100_001, Wire.FLOAT32));
    assertTrue(longer.getMessage().endsWith("holds 100000 floats, not 100001 floats"));
    assertEquals(100_000, sum.sum(holders, NUMBER, 100_000, Wire.FLOAT32).length);
  }

  @Test
  void aLostProcessIsAFailureAndOneInItsPlaceIsFound() throws IOException {
    List<VectorSum.Holder> holders = hold(4, 50_000);
    float[] before = sum.sum(holders, NUMBER, 50_000, Wire.FLOAT32);
    servers.get(1).close();
    assertThrows(IOException.class, () -> sum.sum(holders, NUMBER, 50_000, Wire.FLOAT32));
    assertThrows(IOException.class, () -> sum.sum(holders, NUMBER, 50_000, Wire.FLOAT32));
    servers.set(1, serve());
    for (int worker = 2; worker < 4; worker++) {
      holders.set(worker, new VectorSum.Holder(servers.get(1).address(), worker));
    }
    assertArrayEquals(before, sum.sum(holders, NUMBER, 50_000, Wire.FLOAT32));
  }

  @Test
  void whoeverHasAnotherSecretGetsNothing() throws IOException {
    List<VectorSum.Holder> holders = hold(1, 10);
    try (VectorSum stranger = new VectorSum(Secret.random(), LIMITS)) {
      IOException refused =
          assertThrows(IOException.class, () -> stranger.sum(holders, NUMBER, 10, Wire.FLOAT32));
      assertTrue(refused.getMessage().contains("does not have the secret"), refused.getMessage());
    }
    assertEquals(10, sum.sum(holders, NUMBER, 10, Wire.FLOAT32).length);
  }

  @Test
  void aProcessThatSaysNothingMoreIsGivenUp() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try (ServerSocketChannel silent = ServerSocketChannel.open();
        VectorSum impatient = new VectorSum(secret, SHORT)) {
      silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Future<Integer> answering =
          threads.submit(
              () -> {
                try (SocketChannel caller = silent.accept()) {
                  Handshake.answer(caller, secret, 0, LIMITS.handshake());
                  // Until the other side closes.
                  return caller.socket().getInputStream().readAllBytes().length;
                }
              });
      List<VectorSum.Holder> holders = List.of(new VectorSum.Holder(Sockets.address(silent), 0));
      IOException failure =
          assertThrows(IOException.class, () -> impatient.sum(holders, NUMBER, 10, Wire.FLOAT32));
      assertEquals("nothing has moved for 300 ms", failure.getMessage());
      assertEquals(VectorRequest.BYTES, answering.get());
    } finally {
      threads.shutdownNow();
    }
  }
}
