package org.fip.spark.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A process that holds, or wants, the right to write to a store.
 *
 * @param id of this holding, unique
 * @param machine which table of processes {@code pid} is of; a container is a machine of its own
 * @param host its name, for people
 * @param pid the process
 * @param started when the process started, so that another one of its number is not taken for it
 * @param since when it came by the right
 */
record LockHolder(String id, String machine, String host, long pid, String started, String since) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** The start of a process is told in whole seconds, and the clock may have been set. */
  private static final Duration SAME_START = Duration.ofSeconds(5);

  /** This process. */
  static LockHolder here() {
    ProcessHandle process = ProcessHandle.current();
    return new LockHolder(
        UUID.randomUUID().toString(),
        thisMachine(),
        hostName(),
        process.pid(),
        process.info().startInstant().map(Instant::toString).orElse(""),
        Instant.now().toString());
  }

  byte[] toBytes() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Empty when it is not whole: its writer is about to write it, or has died doing so. */
  static Optional<LockHolder> parse(byte[] bytes) {
    try {
      return bytes.length == 0
          ? Optional.empty()
          : Optional.ofNullable(JSON.readValue(bytes, LockHolder.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether it is a process of this machine that has ended, which needs no waiting to know. */
  boolean hasEnded() {
    return isOfThisMachine()
        && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(this::isOther).orElse(true);
  }

  boolean isOfThisMachine() {
    return machine.equals(thisMachine());
  }

  boolean isThisProcess() {
    return isOfThisMachine()
        && pid == ProcessHandle.current().pid()
        && !isOther(ProcessHandle.current());
  }

  private boolean isOther(ProcessHandle process) {
    Optional<Instant> start = process.info().startInstant();
    return start.isPresent()
        && !started.isEmpty()
        && Duration.between(start.get(), Instant.parse(started)).abs().compareTo(SAME_START) > 0;
  }

  /** The holder in words. */
  String describe() {
    return "process " + pid + " on " + host + " since " + since;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
  }

  private static String thisMachine() {
    return hostName() + " " + boot() + " " + processes();
  }

  private static String boot() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"), StandardCharsets.UTF_8)
          .strip();
    } catch (IOException e) {
      return "-";
    }
  }

  private static String processes() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "-";
    }
  }
}
