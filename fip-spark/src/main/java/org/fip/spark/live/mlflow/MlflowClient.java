package org.fip.spark.live.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests to the REST API 2.0 of a tracking server. */
final class MlflowClient {
  static final String MISSING = "RESOURCE_DOES_NOT_EXIST";
  static final String EXISTS = "RESOURCE_ALREADY_EXISTS";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = "/api/2.0/mlflow/";
  private static final int LONGEST_MESSAGE = 300;

  private final MlflowSettings settings;
  private final Duration timeout;
  private final HttpClient http;

  MlflowClient(MlflowSettings settings, Duration timeout) {
    this.settings = settings;
    this.timeout = timeout;
    http = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A JSON value as people read it: text without quotes. */
  static String text(String json) {
    JsonNode value = parse(json);
    return value.isTextual() ? value.asText() : json;
  }

  /** Asks; the value of the parameter is encoded here. */
  JsonNode get(String call, String parameter, String value)
      throws MlflowFailure, InterruptedException {
    String query = parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return send(call, request(call + "?" + query).GET());
  }

  JsonNode post(String call, ObjectNode body) throws MlflowFailure, InterruptedException {
    return send(
        call,
        request(call)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  private HttpRequest.Builder request(String rest) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.server() + API + rest)).timeout(timeout);
    settings.authorization().ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private JsonNode send(String call, HttpRequest.Builder request)
      throws MlflowFailure, InterruptedException {
    HttpResponse<String> response;
    try {
      response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new MlflowFailure(call + ": " + e, true, "");
    }
    JsonNode body = parse(response.body());
    int status = response.statusCode();
    if (status == 200) {
      return body;
    }
    String message = body.path("message").asText("").lines().findFirst().orElse("");
    throw new MlflowFailure(
        call
            + ": status "
            + status
            + " "
            + message.substring(0, Math.min(LONGEST_MESSAGE, message.length())),
        status >= 500 || status == 429 || status == 408,
        body.path("error_code").asText(""));
  }

  private static JsonNode parse(String text) {
    try {
      JsonNode body = JSON.readTree(text);
      return body == null ? MissingNode.getInstance() : body;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
