package org.fip.spark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.fip.spark.cli.Check.Status;
import org.fip.spark.manifold.EachExecutor.Answer;

/**
 * What an executor found about itself.
 *
 * @param executor Spark's identifier
 * @param host its machine
 * @param facts what it runs with: {@code device}, {@code gpus} (the addresses assigned by Spark),
 *     {@code engine}, {@code java}, {@code cache} and {@code cacheFreeMiB}
 * @param checks what it looked at
 */
record ExecutorReport(String executor, String host, ObjectNode facts, List<Check> checks) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The heads of {@link #row}. */
  static final List<String> HEADS =
      List.of("executor", "host", "device", "gpus", "engine", "java", "cache free", "result");

  /** Facts and checks as executors send them. */
  private record Sent(ObjectNode facts, List<Check> checks) {}

  static String send(ObjectNode facts, List<Check> checks) {
    try {
      return JSON.writeValueAsString(new Sent(facts, checks));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The report that an executor has sent, or that says that it has not sent one. */
  static ExecutorReport of(Answer answer) {
    if (answer.text() == null) {
      Check lost =
          Check.failed(
              "answer", "none came, or it was lost", "look at the logs of the executor and worker");
      return new ExecutorReport(
          answer.executor(), answer.host(), JSON.createObjectNode(), List.of(lost));
    }
    try {
      Sent sent = JSON.readValue(answer.text(), Sent.class);
      return new ExecutorReport(answer.executor(), answer.host(), sent.facts(), sent.checks());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  List<Check> failed() {
    return checks.stream().filter(check -> check.status() == Status.FAILED).toList();
  }

  /** All in one line of the driver's own. */
  Check summary() {
    String name = "executor " + executor + " on " + host;
    if (failed().isEmpty()) {
      return Check.ok(name, "%s, %d checks", facts.path("device").asText("-"), checks.size());
    }
    return Check.failed(name, problems(), failed().get(0).advice());
  }

  private String problems() {
    return failed().stream()
        .map(check -> check.name() + ": " + check.detail())
        .collect(Collectors.joining("; "));
  }

  /** A row of a table. */
  List<String> row() {
    JsonNode free = facts.path("cacheFreeMiB");
    return List.of(
        executor,
        host,
        facts.path("device").asText("-"),
        facts.path("gpus").asText("-"),
        facts.path("engine").asText("-"),
        facts.path("java").asText("-"),
        free.isNumber() ? free.asLong() + " MiB" : "-",
        failed().isEmpty() ? "ok" : "failed: " + problems());
  }

  ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode().put("executor", executor).put("host", host);
    json.setAll(facts);
    json.put("ok", failed().isEmpty());
    json.set("checks", Check.toJson(checks));
    return json;
  }
}
