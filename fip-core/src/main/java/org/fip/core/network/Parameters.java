package org.fip.core.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.network.Parameter.Initial;
import org.fip.core.network.Parameter.Role;

/** The tensors that a graph declares, in the order it declares them. */
final class Parameters {
  private final TensorSelection selection;
  private final Map<String, Parameter> declared = new LinkedHashMap<>();

  Parameters(TensorSelection selection) {
    this.selection = selection;
  }

  /** Declares a tensor that has had one name only. */
  Value declare(String name, List<Integer> shape, Role role, Initial initial) {
    return declare(name, null, shape, role, initial);
  }

  /**
   * Declares a tensor.
   *
   * @param alias another key that old checkpoints have, or null
   */
  Value declare(String name, String alias, List<Integer> shape, Role role, Initial initial) {
    Parameter parameter = new Parameter(name, alias, shape, role, initial);
    Value value = new Value("p" + declared.size(), shape, moves(parameter));
    if (declared.putIfAbsent(name, parameter) != null) {
      throw new IllegalArgumentException("tensor " + name + " is declared twice");
    }
    return value;
  }

  private boolean moves(Parameter parameter) {
    return parameter.trainable() && selection.moves(parameter.name());
  }

  /** The tensor of that name, or null. */
  Parameter find(String name) {
    return declared.get(name);
  }

  List<Parameter> all() {
    return List.copyOf(declared.values());
  }

  /** Those that w consists of. */
  List<Parameter> moving() {
    return declared.values().stream().filter(this::moves).toList();
  }
}
