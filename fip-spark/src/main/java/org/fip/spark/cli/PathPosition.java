package org.fip.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.network.Network;
import org.fip.core.network.TensorSelection;
import org.fip.core.path.Waypoint;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.storage.Folder;
import org.fip.spark.store.PathStore;

/**
 * A place on a stored path: a waypoint, or a point between two.
 *
 * @param store the path
 * @param t the place, in steps
 * @param before the waypoint at or before it
 * @param after the waypoint at or after it
 */
record PathPosition(PathStore store, double t, Waypoint before, Waypoint after) {

  /**
   * Finds and reads a place.
   *
   * @param step of a waypoint, or null
   * @param at any place, or null; without both it is the newest waypoint
   * @throws FipException NOT_FOUND when there is no such waypoint, USAGE when the place is not on
   *     the path, DATA when a waypoint is damaged
   */
  static PathPosition find(PathStore store, Long step, Double at) {
    List<Long> steps = store.steps();
    if (steps.isEmpty()) {
      throw FipException.notFound(
          "%s: has no waypoint yet; run the command that walks it", store.location());
    }
    if (at == null) {
      return waypoint(store, step == null ? steps.get(steps.size() - 1) : step, steps);
    }
    double t = at;
    if (!(t >= steps.get(0) && t <= steps.get(steps.size() - 1))) {
      throw new FipException(
          Category.USAGE,
          String.format(
              Locale.ROOT,
              "--at %s is not on %s, which has waypoints from %d to %d; give a number between",
              at,
              store.location(),
              steps.get(0),
              steps.get(steps.size() - 1)));
    }
    Waypoint before = store.read(steps.stream().filter(s -> s <= t).reduce((a, b) -> b).get());
    long after = steps.stream().filter(s -> s >= t).findFirst().get();
    return new PathPosition(store, t, before, after == before.step() ? before : store.read(after));
  }

  private static PathPosition waypoint(PathStore store, long step, List<Long> steps) {
    if (!steps.contains(step)) {
      throw FipException.notFound(
          "%s: has no waypoint at step %d; it has %s, and --at %d goes between them",
          store.location(), step, summary(steps), step);
    }
    Waypoint waypoint = store.read(step);
    return new PathPosition(store, step, waypoint, waypoint);
  }

  private static String summary(List<Long> steps) {
    return steps.size() <= 8
        ? steps.toString()
        : String.format(
            Locale.ROOT,
            "%d from %d to %d",
            steps.size(),
            steps.get(0),
            steps.get(steps.size() - 1));
  }

  /** Whether it is a waypoint. */
  boolean isWaypoint() {
    return before.step() == after.step();
  }

  /** Where it is, in words. */
  String describe() {
    return isWaypoint()
        ? "waypoint " + before.step()
        : String.format(
            Locale.ROOT,
            "point %s between waypoints %d and %d",
            BigDecimal.valueOf(t).stripTrailingZeros().toPlainString(),
            before.step(),
            after.step());
  }

  /**
   * The start network with the weights of this place, which are interpolated in double precision.
   */
  Network network() {
    Folder folder =
        store
            .start()
            .orElseThrow(
                () ->
                    FipException.data(
                        "%s: has no start network, so nothing says what its weights belong to;"
                            + " restore the folder start",
                        store.location()));
    float[] a = before.state().weights();
    float[] b = after.state().weights();
    Network network = withHeadOf(Network.load(folder).restrictedTo(selection()));
    if (a.length != b.length || a.length != network.weights().length) {
      throw FipException.data(
          "%s: has %d and %d weights, its start network has %d; restore the store",
          describe(), a.length, b.length, network.weights().length);
    }
    double share = isWaypoint() ? 0 : (t - before.step()) / (after.step() - before.step());
    float[] weights = new float[a.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) ((1 - share) * a[i] + share * b[i]);
    }
    return network.withWeights(weights);
  }

  private TensorSelection selection() {
    JsonNode tensors = store.description().recipe().at("/path/tensors");
    return TensorSelection.of(texts(tensors.path("include")), texts(tensors.path("exclude")));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** The head may have grown since the start. */
  private Network withHeadOf(Network start) {
    List<String> head = start.graph().head();
    if (head.isEmpty() || start.weights().length == before.state().weights().length) {
      return start;
    }
    try (Checkpoint checkpoint = Checkpoint.open(store.waypoint(before.step()))) {
      return start.withClasses(checkpoint.get(head.get(0)).shape().get(0).intValue());
    }
  }
}
