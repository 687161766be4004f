package org.fip.spark.manifold;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.path.PathState;

/**
 * The state that a leg starts from, as ranks get it: the vectors of a leg before that they hold, or
 * else broadcasts.
 *
 * @param step steps taken
 * @param scalars by name
 * @param names of the state's vectors but the weights
 * @param held number of the leg whose vectors these are, when ranks hold them
 * @param vectors the weights and the vectors, empty when ranks hold them
 */
record LegStart(
    long step,
    Map<String, Double> scalars,
    List<String> names,
    long held,
    List<BroadcastVector> vectors)
    implements Serializable {

  /** The state, when its vectors were left on the ranks by that leg. */
  static LegStart held(PathState state, long leg) {
    return start(state, leg, List.of());
  }

  /** The state, whose vectors are broadcast. */
  static LegStart broadcast(PathState state, List<BroadcastVector> vectors) {
    return start(state, -1, vectors);
  }

  private static LegStart start(PathState state, long held, List<BroadcastVector> vectors) {
    return new LegStart(
        state.step(),
        new HashMap<>(state.scalars()),
        new ArrayList<>(state.vectors().keySet()),
        held,
        List.copyOf(vectors));
  }

  /** The weights of a state and its vectors in the order of their names. */
  static List<float[]> vectors(PathState state) {
    List<float[]> all = new ArrayList<>();
    all.add(state.weights());
    all.addAll(state.vectors().values());
    return all;
  }

  /** The state with vectors of its own; empty when they are held and these are not they. */
  Optional<PathState> state(Optional<List<float[]>> present) {
    if (!vectors.isEmpty()) {
      return Optional.of(state(vectors.stream().map(BroadcastVector::copy).toList()));
    }
    return present.map(this::state);
  }

  private PathState state(List<float[]> all) {
    return state(step, scalars, names, all);
  }

  /** A state of these parts, which it owns. */
  static PathState state(
      long step, Map<String, Double> scalars, List<String> names, List<float[]> all) {
    PathState state = new PathState(step, all.get(0));
    for (int i = 0; i < names.size(); i++) {
      state.vectors().put(names.get(i), all.get(i + 1));
    }
    scalars.forEach(state::setScalar);
    return state;
  }
}
