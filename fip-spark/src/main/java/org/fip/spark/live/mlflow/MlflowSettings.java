package org.fip.spark.live.mlflow;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/** Where a tracking server is and how it is spoken to, from MLflow's own environment variables. */
public final class MlflowSettings {
  private static final String URI_VARIABLE = "MLFLOW_TRACKING_URI";

  private final URI server;
  private final String experiment;
  private final String authorization;

  private MlflowSettings(URI server, String experiment, String authorization) {
    this.server = server;
    this.experiment = experiment;
    this.authorization = authorization;
  }

  /**
   * The settings of an environment; empty when it names no server.
   *
   * @throws FipException CONFIGURATION when what it names is no server; credentials are not in the
   *     message
   */
  public static Optional<MlflowSettings> of(Map<String, String> environment) {
    String server = environment.getOrDefault(URI_VARIABLE, "").strip();
    if (server.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new MlflowSettings(
            parse(server),
            environment.getOrDefault("MLFLOW_EXPERIMENT_NAME", "fip"),
            authorization(environment)));
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text.replaceAll("/+$", ""));
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below, without the text, which may hold a password.
    }
    throw new FipException(
        Category.CONFIGURATION,
        URI_VARIABLE
            + " is no address of a tracking server, such as http://HOST:5000, without a user in it;"
            + " correct it, or unset it");
  }

  private static String authorization(Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    if (!user.isEmpty()) {
      String pair = user + ":" + environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
    return token.isEmpty() ? null : "Bearer " + token;
  }

  URI server() {
    return server;
  }

  String experiment() {
    return experiment;
  }

  /** The value of the header; empty when there are no credentials. */
  Optional<String> authorization() {
    return Optional.ofNullable(authorization);
  }

  /** The address alone. */
  @Override
  public String toString() {
    return server.toString();
  }
}
