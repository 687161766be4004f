package org.fip.spark.live.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.path.Measurement;
import org.fip.spark.live.Scalars;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.WaypointMeasurements;

/**
 * The run of one path. Its id is kept in {@code mlflow.json} of the store, so that a path that is
 * resumed goes on in the same run; which steps it has is asked from the server, and what it lacks
 * is sent from the stored measurements. So nothing is lost in an outage, and nothing is sent twice.
 */
final class MlflowRun {
  private static final String DOCUMENT = "mlflow";
  private static final int MOST_METRICS = 1000;
  private static final int MOST_PARAMETERS = 100;
  private static final int LONGEST_VALUE = 500;

  private final MlflowClient client;
  private final PathStore store;
  private final String id;
  private final Map<String, Long> latest = new HashMap<>();
  private String state;
  private long sentUntil = -1;

  private MlflowRun(MlflowClient client, PathStore store, String id) {
    this.client = client;
    this.store = store;
    this.id = id;
  }

  /** Takes up the run of a path, or creates it. */
  static MlflowRun open(
      MlflowClient client, MlflowSettings settings, Configuration configuration, PathStatus status)
      throws MlflowFailure, InterruptedException {
    PathStore store = PathStore.open(configuration, new Path(status.store()));
    DocumentFolder folder = new DocumentFolder(configuration, new Path(status.store()));
    String server = settings.server().toString();
    Optional<ObjectNode> kept =
        folder.read(DOCUMENT).filter(known -> known.path("server").asText().equals(server));
    if (kept.isPresent()) {
      MlflowRun run = new MlflowRun(client, store, kept.get().path("run").asText());
      if (run.recall()) {
        return run;
      }
    }
    MlflowRun run = create(client, settings, store, status);
    folder.write(DOCUMENT, MlflowClient.object().put("server", server).put("run", run.id));
    return run;
  }

  /** Asks what the server has of the run; whether it has the run at all. */
  private boolean recall() throws MlflowFailure, InterruptedException {
    try {
      JsonNode run = client.get("runs/get", "run_id", id).path("run");
      state = run.path("info").path("status").asText();
      run.path("data")
          .path("metrics")
          .forEach(metric -> latest.put(metric.path("key").asText(), metric.path("step").asLong()));
      return !run.path("info").path("lifecycle_stage").asText().equals("deleted");
    } catch (MlflowFailure e) {
      if (e.is(MlflowClient.MISSING)) {
        return false;
      }
      throw e;
    }
  }

  private static MlflowRun create(
      MlflowClient client, MlflowSettings settings, PathStore store, PathStatus status)
      throws MlflowFailure, InterruptedException {
    ObjectNode body =
        MlflowClient.object()
            .put("experiment_id", experiment(client, settings.experiment()))
            .put("run_name", new Path(status.store()).getName())
            .put("start_time", status.since().toEpochMilli());
    ArrayNode tags = body.putArray("tags");
    tag(tags, "fip.store", status.store());
    tag(tags, "mlflow.source.name", "fip");
    tag(tags, "mlflow.source.type", "JOB");
    tag(tags, "mlflow.user", System.getProperty("user.name", ""));
    if (status.point() != null) {
      tag(tags, "fip.exploration", status.point().exploration());
    }
    JsonNode info = client.post("runs/create", body).path("run").path("info");
    MlflowRun run = new MlflowRun(client, store, info.path("run_id").asText());
    run.state = "RUNNING";
    run.sendParameters();
    return run;
  }

  private static String experiment(MlflowClient client, String name)
      throws MlflowFailure, InterruptedException {
    try {
      return find(client, name);
    } catch (MlflowFailure e) {
      if (!e.is(MlflowClient.MISSING)) {
        throw e;
      }
    }
    try {
      return client
          .post("experiments/create", MlflowClient.object().put("name", name))
          .path("experiment_id")
          .asText();
    } catch (MlflowFailure e) {
      if (e.is(MlflowClient.EXISTS)) {
        return find(client, name);
      }
      throw e;
    }
  }

  private static String find(MlflowClient client, String name)
      throws MlflowFailure, InterruptedException {
    return client
        .get("experiments/get-by-name", "experiment_name", name)
        .path("experiment")
        .path("experiment_id")
        .asText();
  }

  private static void tag(ArrayNode tags, String key, String value) {
    tags.addObject().put("key", key).put("value", shorten(value));
  }

  private static String shorten(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE);
  }

  /** The leaves of the recipe. */
  private void sendParameters() throws MlflowFailure, InterruptedException {
    ObjectNode body = batch();
    for (Map.Entry<String, String> leaf : store.description().leaves().entrySet()) {
      if (body.path("params").size() == MOST_PARAMETERS) {
        client.post("runs/log-batch", body);
        body = batch();
      }
      body.withArray("/params")
          .addObject()
          .put("key", word(leaf.getKey()))
          .put("value", shorten(MlflowClient.text(leaf.getValue())));
    }
    client.post("runs/log-batch", body);
  }

  private ObjectNode batch() {
    return MlflowClient.object().put("run_id", id);
  }

  /** Sends what was stored since, and the state of the path. */
  void send(PathStatus status) throws MlflowFailure, InterruptedException {
    List<Long> steps = store.steps().stream().filter(step -> step > sentUntil).toList();
    for (long step : steps) {
      send(step, store.measured(step), status.updated());
      sentUntil = step;
    }
    String now =
        switch (status.state()) {
          case WAITING, RUNNING, PAUSED -> "RUNNING";
          case FINISHED -> "FINISHED";
          case STOPPED -> "KILLED";
          case FAILED -> "FAILED";
        };
    if (!now.equals(state)) {
      ObjectNode body = batch().put("status", now);
      if (!now.equals("RUNNING")) {
        body.put("end_time", status.updated().toEpochMilli());
      }
      client.post("runs/update", body);
      state = now;
    }
  }

  private void send(long step, WaypointMeasurements there, Instant now)
      throws MlflowFailure, InterruptedException {
    if (there.measurements().isEmpty()) {
      return;
    }
    double end = there.measurements().get(there.measurements().size() - 1).seconds();
    ObjectNode body = batch();
    for (Measurement measurement : there.measurements()) {
      long time = now.toEpochMilli() - Math.round(1000 * (end - measurement.seconds()));
      body = add(body, Scalars.of(measurement), measurement.step(), time);
    }
    body = add(body, Scalars.of(there.evaluation()), step, now.toEpochMilli());
    flush(body);
  }

  private ObjectNode add(ObjectNode to, Map<String, Double> scalars, long step, long time)
      throws MlflowFailure, InterruptedException {
    ObjectNode body = to;
    for (Map.Entry<String, Double> scalar : scalars.entrySet()) {
      String key = word(scalar.getKey());
      if (Double.isFinite(scalar.getValue()) && step > latest.getOrDefault(key, -1L)) {
        if (body.path("metrics").size() == MOST_METRICS) {
          flush(body);
          body = batch();
        }
        body.withArray("/metrics")
            .addObject()
            .put("key", key)
            .put("value", scalar.getValue())
            .put("timestamp", time)
            .put("step", step);
      }
    }
    return body;
  }

  private void flush(ObjectNode body) throws MlflowFailure, InterruptedException {
    if (body.has("metrics")) {
      client.post("runs/log-batch", body);
      body.path("metrics")
          .forEach(
              metric ->
                  latest.merge(
                      metric.path("key").asText(), metric.path("step").asLong(), Math::max));
    }
  }

  /** The characters that a server accepts in a name. */
  private static String word(String key) {
    return key.replaceAll("[^A-Za-z0-9_\\-. /]", "_");
  }
}
