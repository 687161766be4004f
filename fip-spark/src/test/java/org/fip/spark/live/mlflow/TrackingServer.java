package org.fip.spark.live.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A tracking server on loopback that answers as the REST API 2.0 is documented, refuses what that
 * refuses, and notes every request.
 */
final class TrackingServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = "/api/2.0/mlflow/";
  private static final String NAME = "[A-Za-z0-9_\\-. /]{1,250}";

  /** A run as the server knows it. */
  static final class Run {
    final Map<String, String> params = new LinkedHashMap<>();
    final Map<String, String> tags = new LinkedHashMap<>();

    /** Values by key and step; a second value of the same key and step is an error. */
    final Map<String, Map<Long, Double>> metrics = new LinkedHashMap<>();

    String status = "RUNNING";
  }

  /** What is asked before a request is answered; a status other than 200 is the answer. */
  interface Gate {
    int before(String call) throws IOException;
  }

  final List<String> calls = new ArrayList<>();
  final List<String> authorizations = new ArrayList<>();
  final List<String> errors = new ArrayList<>();
  final Map<String, Run> runs = new LinkedHashMap<>();
  private final Map<String, String> experiments = new LinkedHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Gate gate = call -> 200;

  TrackingServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(API, this::handle);
    server.setExecutor(threads);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void gate(Gate wanted) {
    gate = wanted;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = exchange.getRequestURI().getPath().substring(API.length());
      JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      int refused = gate.before(call);
      ObjectNode answer = JSON.createObjectNode();
      int status;
      synchronized (this) {
        calls.add(call);
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
        status =
            refused != 200
                ? fail(answer, refused, "INTERNAL_ERROR")
                : answer(call, exchange.getRequestURI().getRawQuery(), body, answer);
      }
      byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static int fail(ObjectNode answer, int status, String code) {
    answer.put("error_code", code).put("message", "no: " + code);
    return status;
  }

  private int answer(String call, String query, JsonNode body, ObjectNode answer) {
    return switch (call) {
      case "experiments/get-by-name" -> {
        String id = experiments.get(value(query, "experiment_name"));
        if (id == null) {
          yield fail(answer, 404, MlflowClient.MISSING);
        }
        answer.putObject("experiment").put("experiment_id", id);
        yield 200;
      }
      case "experiments/create" -> {
        String id = Integer.toString(experiments.size() + 1);
        experiments.put(body.path("name").asText(), id);
        answer.put("experiment_id", id);
        yield 200;
      }
      case "runs/create" -> create(body, answer);
      case "runs/get" -> get(value(query, "run_id"), answer);
      case "runs/update" -> {
        runs.get(body.path("run_id").asText()).status = body.path("status").asText();
        yield 200;
      }
      case "runs/log-batch" -> log(body, answer);
      default -> fail(answer, 404, "ENDPOINT_NOT_FOUND");
    };
  }

  private static String value(String query, String parameter) {
    String prefix = parameter + "=";
    return query.startsWith(prefix)
        ? URLDecoder.decode(query.substring(prefix.length()), StandardCharsets.UTF_8)
        : "";
  }

  private int create(JsonNode body, ObjectNode answer) {
    if (!experiments.containsValue(body.path("experiment_id").asText())) {
      return fail(answer, 404, MlflowClient.MISSING);
    }
    String id = "run" + runs.size();
    Run run = new Run();
    run.tags.put("mlflow.runName", body.path("run_name").asText());
    body.path("tags")
        .forEach(tag -> run.tags.put(tag.path("key").asText(), tag.path("value").asText()));
    runs.put(id, run);
    answer.putObject("run").putObject("info").put("run_id", id).put("status", run.status);
    return 200;
  }

  private int get(String id, ObjectNode answer) {
    Run run = runs.get(id);
    if (run == null) {
      return fail(answer, 404, MlflowClient.MISSING);
    }
    ObjectNode json = answer.putObject("run");
    json.putObject("info").put("status", run.status).put("lifecycle_stage", "active");
    var metrics = json.putObject("data").putArray("metrics");
    run.metrics.forEach(
        (key, values) ->
            metrics
                .addObject()
                .put("key", key)
                .put("step", values.keySet().stream().mapToLong(Long::longValue).max().orElse(0)));
    return 200;
  }

  private int log(JsonNode body, ObjectNode answer) {
    Run run = runs.get(body.path("run_id").asText());
    if (body.path("metrics").size() > 1000 || body.path("params").size() > 100) {
      errors.add("too many at once");
      return fail(answer, 400, "INVALID_PARAMETER_VALUE");
    }
    for (JsonNode metric : body.path("metrics")) {
      String key = metric.path("key").asText();
      Double before =
          run.metrics
              .computeIfAbsent(key, k -> new LinkedHashMap<>())
              .put(metric.path("step").asLong(), metric.path("value").asDouble());
      if (before != null || !key.matches(NAME) || !metric.path("timestamp").isIntegralNumber()) {
        errors.add("metric " + metric);
        return fail(answer, 400, "INVALID_PARAMETER_VALUE");
      }
    }
    for (JsonNode param : body.path("params")) {
      String key = param.path("key").asText();
      if (!key.matches(NAME) || run.params.put(key, param.path("value").asText()) != null) {
        errors.add("parameter " + param);
        return fail(answer, 400, "INVALID_PARAMETER_VALUE");
      }
    }
    return 200;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
