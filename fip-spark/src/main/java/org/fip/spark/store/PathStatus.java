package org.fip.spark.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;

/**
 * How a path goes on, at one moment.
 *
 * @param store location of the path store
 * @param name of what is walked, such as {@code anchored: fashion}
 * @param point what an exploration varies in this path; null when it is of none
 * @param state whether it is walked, and how it ended
 * @param reason why it failed; null unless it did
 * @param progress how far it is
 * @param measurement the last one; null when there is none yet
 * @param evaluatedAt the step of the last evaluation; meaningless when {@code evaluation} is empty
 * @param evaluation the last one, by name of the evaluation set
 * @param since when its process began or resumed it
 * @param updated when this was known
 * @param walker the process that walks it
 */
public record PathStatus(
    String store,
    String name,
    Point point,
    State state,
    String reason,
    Progress progress,
    Measurement measurement,
    long evaluatedAt,
    Map<String, Evaluation> evaluation,
    Instant since,
    Instant updated,
    Walker walker) {

  /** A process that is silent for so long is taken for dead. It writes several times as often. */
  public static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(new LenientDoubles())
          .addModule(instants())
          .build();

  /** Whether a path is walked, and how it ended. */
  public enum State {
    /** A core has yet to become free for it. */
    @JsonProperty("waiting")
    WAITING,
    /** It is walked. */
    @JsonProperty("running")
    RUNNING,
    /** It stands at a rung of an exploration until the others are there. */
    @JsonProperty("paused")
    PAUSED,
    /** It is at its end. */
    @JsonProperty("finished")
    FINISHED,
    /** Others dominated it. */
    @JsonProperty("stopped")
    STOPPED,
    /** It ended before its end. */
    @JsonProperty("failed")
    FAILED;

    /** The name that documents and people use. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How far a path is.
   *
   * @param step steps taken
   * @param steps length of the whole path
   * @param stepsPerSecond since its process began or resumed it; NaN when it is not known
   * @param secondsLeft at this rate; NaN when it is not known
   * @param objective of the last step; NaN when there is none
   */
  public record Progress(
      long step, long steps, double stepsPerSecond, double secondsLeft, double objective) {}

  /**
   * A point of an exploration.
   *
   * @param exploration where the exploration is
   * @param parameters values by recipe key
   */
  public record Point(String exploration, Map<String, String> parameters) {}

  /** Copies the map. */
  public PathStatus {
    evaluation = Collections.unmodifiableMap(new LinkedHashMap<>(evaluation));
  }

  /** The same, known at another time. */
  public PathStatus at(Instant time) {
    return new PathStatus(
        store,
        name,
        point,
        state,
        reason,
        progress,
        measurement,
        evaluatedAt,
        evaluation,
        since,
        time,
        walker);
  }

  /**
   * Whether it says that it is walked although its process is gone: on this machine there is none
   * of that kind, or it has not been heard of for {@link #LONGEST_SILENCE}.
   */
  public boolean abandoned(Instant now) {
    return state == State.RUNNING
        && (walker.isGone() || Duration.between(updated, now).compareTo(LONGEST_SILENCE) > 0);
  }

  /** The status as a document. */
  public ObjectNode toJson() {
    return JSON.valueToTree(this);
  }

  /**
   * The status that a document holds.
   *
   * @throws FipException DATA when it holds none
   */
  public static PathStatus of(ObjectNode json, String where) {
    try {
      return JSON.treeToValue(json, PathStatus.class);
    } catch (JsonProcessingException | RuntimeException e) {
      throw FipException.data("%s: is not the status of a path", where);
    }
  }

  /** As {@link #of(ObjectNode, String)}, from text. */
  public static PathStatus parse(String json, String where) {
    try {
      return JSON.readValue(json, PathStatus.class);
    } catch (JsonProcessingException | RuntimeException e) {
      throw FipException.data("%s: is not the status of a path", where);
    }
  }

  private static SimpleModule instants() {
    SimpleModule module = new SimpleModule("instants");
    module.addSerializer(Instant.class, ToStringSerializer.instance);
    module.addDeserializer(Instant.class, new InstantReader());
    return module;
  }

  private static final class InstantReader extends FromStringDeserializer<Instant> {
    InstantReader() {
      super(Instant.class);
    }

    @Override
    protected Instant _deserialize(String value, DeserializationContext context) {
      return Instant.parse(value);
    }
  }
}
