package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.PathState;
import org.fip.core.path.Waypoint;

/**
 * What a rank says at the end of a leg. The vectors of the state it has come to are asked for
 * afterwards.
 *
 * @param kind how the leg ended
 * @param executor that the rank lived on
 * @param hash of the vectors, which must be that of all ranks
 * @param seconds that the leg took there
 * @param scalars of the state
 * @param names of its vectors but the weights
 * @param measurements since the leg's start
 * @param evaluation at its end
 * @param category of a failure, or null
 * @param message of a failure, or null
 */
record LegAnswer(
    Kind kind,
    String executor,
    int hash,
    double seconds,
    Map<String, Double> scalars,
    List<String> names,
    List<Measurement> measurements,
    Map<String, Evaluation> evaluation,
    FipException.Category category,
    String message)
    implements Serializable {

  /** How a leg ended. */
  enum Kind {
    /** At its last step. */
    ARRIVED,
    /** At once, because a rank did not hold the state that it starts from. */
    NOT_HELD,
    /** With a failure that trying again does not mend. */
    FAILED
  }

  static LegAnswer arrived(String executor, Waypoint waypoint, double seconds) {
    PathState state = waypoint.state();
    return new LegAnswer(
        Kind.ARRIVED,
        executor,
        hash(state),
        seconds,
        new LinkedHashMap<>(state.scalars()),
        new ArrayList<>(state.vectors().keySet()),
        waypoint.measurements(),
        new LinkedHashMap<>(waypoint.evaluation()),
        null,
        null);
  }

  static LegAnswer notHeld(String executor) {
    return without(Kind.NOT_HELD, executor, null, null);
  }

  static LegAnswer failed(String executor, FipException failure) {
    return without(Kind.FAILED, executor, failure.category(), failure.getMessage());
  }

  private static LegAnswer without(
      Kind kind, String executor, FipException.Category category, String message) {
    return new LegAnswer(
        kind,
        executor,
        0,
        0,
        new LinkedHashMap<>(),
        List.of(),
        List.of(),
        new LinkedHashMap<>(),
        category,
        message);
  }

  private static int hash(PathState state) {
    int hash = 0;
    for (float[] vector : LegStart.vectors(state)) {
      hash = 31 * hash + Arrays.hashCode(vector);
    }
    return hash;
  }
}
