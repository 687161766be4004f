package org.fip.spark.allreduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.SparkConf;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshTest {
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));
  private static final Limits SHORT =
      new Limits(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(20));

  private static Mesh member(Secret secret, int rank, Limits limits) {
    return Group.listen(secret, rank, 2, limits);
  }

  @Test
  void whoeverHasAnotherSecretIsTurnedAway() throws Exception {
    try (Mesh called = member(Secret.random(), 0, SHORT);
        Mesh stranger = member(Secret.random(), 1, LIMITS)) {
      List<String> addresses = List.of(called.address(), stranger.address());
      ExecutorService threads = Executors.newFixedThreadPool(1);
      try {
        Future<FipException> refused =
            threads.submit(
                () -> assertThrows(FipException.class, () -> stranger.connect(addresses)));
        FipException alone = assertThrows(FipException.class, () -> called.connect(addresses));
        assertEquals(Category.TEMPORARY, alone.category());
        assertTrue(alone.getMessage().contains("0 of 1 others have come"), alone.getMessage());
        assertTrue(
            refused.get().getMessage().contains("does not have the secret"),
            refused.get().getMessage());
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void strangersDoNotHoldUpAMember() throws Exception {
    Secret secret = Secret.random();
    try (Mesh called = member(secret, 0, LIMITS);
        Mesh caller = member(secret, 1, LIMITS)) {
      List<String> addresses = List.of(called.address(), caller.address());
      int port = Integer.parseInt(addresses.get(0).replaceFirst(".*:", ""));
      InetAddress host = InetAddress.getLoopbackAddress();
      ExecutorService threads = Executors.newFixedThreadPool(1);
      try (Socket silent = new Socket(host, port);
          Socket loud = new Socket(host, port)) {
        loud.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Future<?> calling = threads.submit(() -> caller.connect(addresses));
        called.connect(addresses);
        calling.get();
        assertTrue(called.peer(1).isConnected());
        assertEquals(-1, silent.getInputStream().read(), "a stranger is still connected");
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void asManyStrangersAsMembersDoNotKeepAMemberOut() throws Exception {
    int size = 40;
    Secret secret = Secret.random();
    List<Socket> strangers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try (Mesh called = Group.listen(secret, 0, size, LIMITS)) {
      List<String> addresses = Collections.nCopies(size, called.address());
      int port = Integer.parseInt(called.address().replaceFirst(".*:", ""));
      for (int i = 0; i < size; i++) {
        strangers.add(new Socket(InetAddress.getLoopbackAddress(), port));
      }
      threads.execute(() -> assertThrows(FipException.class, () -> called.connect(addresses)));
      try (SocketChannel member = Sockets.connect(called.address(), LIMITS.opening())) {
        Handshake.call(member, secret, 1, 0, LIMITS.opening());
        assertTrue(member.isConnected());
      }
    } finally {
      threads.shutdownNow();
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void aStrangerThatSendsNowAndThenHasNoMoreTimeThanASilentOne() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket stranger = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket called = server.accept()) {
      stranger.getOutputStream().write(1);
      assertEquals(1, new DeadlineInput(called, Duration.ofSeconds(20)).read());
      stranger.getOutputStream().write(1);
      assertThrows(
          SocketTimeoutException.class, () -> new DeadlineInput(called, Duration.ZERO).read());
    }
  }

  @Test
  void aMemberThatDoesNotComeIsAFailure() throws Exception {
    Secret secret = Secret.random();
    try (Mesh called = member(secret, 0, SHORT)) {
      FipException failure =
          assertThrows(
              FipException.class, () -> called.connect(List.of(called.address(), "unused:1")));
      assertTrue(failure.getMessage().startsWith("rank 0 of 2: no connection"));
    }
  }

  @Test
  void anAddressOfAnotherMachineIsAConfigurationFailure() throws Exception {
    // Documentation only, no machine has it (RFC 5737).
    InetAddress foreign = InetAddress.getByName("192.0.2.1");
    FipException failure =
        assertThrows(
            FipException.class,
            () -> Mesh.listen(foreign, Ports.ANY, Secret.random(), 0, 2, LIMITS));
    assertEquals(Category.CONFIGURATION, failure.category());
    assertTrue(failure.getMessage().contains("192.0.2.1"), failure.getMessage());
  }

  @Test
  void theNextPortIsTakenWhereOneIsTaken() throws Exception {
    InetAddress host = InetAddress.getLoopbackAddress();
    try (ServerSocket taken = new ServerSocket(0, 1, host)) {
      int port = taken.getLocalPort();
      SparkConf conf = new SparkConf(false).set(Ports.SETTING, Integer.toString(port));
      try (Mesh mesh = Mesh.listen(host, Ports.of(conf), Secret.random(), 0, 2, LIMITS)) {
        int listening = Integer.parseInt(mesh.address().replaceFirst(".*:", ""));
        assertTrue(listening > port && listening <= port + 16, mesh.address());
      }
      Ports one = Ports.of(conf.set("spark.port.maxRetries", "0"));
      FipException failure =
          assertThrows(
              FipException.class, () -> Mesh.listen(host, one, Secret.random(), 0, 2, LIMITS));
      assertEquals(Category.CONFIGURATION, failure.category());
      assertTrue(failure.getMessage().contains("port " + port), failure.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "65536", "-1", "many"})
  void whatIsNoPortIsAConfigurationFailure(String setting) {
    SparkConf conf = new SparkConf(false).set(Ports.SETTING, setting);
    FipException failure = assertThrows(FipException.class, () -> Ports.of(conf));
    assertEquals(Category.CONFIGURATION, failure.category());
    assertTrue(failure.getMessage().contains("'" + setting + "'"), failure.getMessage());
  }

  @Test
  void aSecretIsNotWrittenToLogs() {
    Secret secret = Secret.random();
    assertEquals("Secret", secret.toString());
    assertFalse(secret.isProof(Secret.random().proof(new byte[1]), new byte[1]));
    assertTrue(secret.isProof(secret.proof(new byte[1]), new byte[1]));
  }
}
