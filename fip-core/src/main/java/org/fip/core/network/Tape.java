package org.fip.core.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lines of a program and of its tangent, written side by side, with the values that the tangent
 * reads from the forward pass.
 */
final class Tape {
  private final List<String> primal = new ArrayList<>();
  private final List<String> tangent = new ArrayList<>();
  private final Set<String> kept = new LinkedHashSet<>();
  private final Map<String, List<Integer>> activations = new LinkedHashMap<>();
  private int next;

  /** A new variable that the forward pass will assign. */
  Value variable(List<Integer> shape, boolean moves) {
    return new Value("h" + next++, shape, moves);
  }

  /** Adds a line to the forward pass. */
  void line(String format, Object... arguments) {
    primal.add(String.format(format, arguments));
  }

  /** Adds a line that computes a value. */
  Value emit(boolean moves, List<Integer> shape, String format, Object... arguments) {
    Value y = variable(shape, moves);
    line(y.name() + " = " + format, arguments);
    return y;
  }

  /** Makes the tangent of a value the sum of terms, which are arrays of the value's full shape. */
  void tangent(Value y, List<String> terms) {
    String sum = terms.get(0);
    for (String term : terms.subList(1, terms.size())) {
      // The first term is an array of this line alone, so it may take the sum.
      sum = String.format("torch.add_(%s, %s)", sum, term);
    }
    tangent.add(y.tangent() + " = " + sum);
  }

  /** Adds a line to the tangent's program. */
  void tangentLine(String format, Object... arguments) {
    tangent.add(String.format(format, arguments));
  }

  /** A linear map without parameters: the tangent goes through the same expression. */
  Value map(Value x, List<Integer> shape, String format) {
    Value y = emit(x.moves(), shape, format, x.name());
    if (x.moves()) {
      tangentLine(y.tangent() + " = " + format, x.tangent());
    }
    return y;
  }

  /** Lets the tangent read a value; inputs and parameters it has anyway. */
  void keep(Value x) {
    if (x.name().startsWith("h")) {
      keep(x.name());
      activations.put(x.name(), x.shape());
    }
  }

  /** Lets the tangent read weights, if they were computed from others; no activation. */
  void keepFolded(Value w) {
    if (w.name().startsWith("h")) {
      keep(w.name());
    }
  }

  /** Lets the tangent read a variable that is small beside the activations. */
  void keep(String variable) {
    kept.add(variable);
  }

  List<String> primal() {
    return List.copyOf(primal);
  }

  List<String> tangent() {
    return List.copyOf(tangent);
  }

  List<String> kept() {
    return List.copyOf(kept);
  }

  /** Shapes, per example, of what the tangent and the backward pass keep. */
  List<List<Integer>> activations() {
    return List.copyOf(activations.values());
  }
}
