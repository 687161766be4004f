package org.fip.core.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fip.core.FipException;
import org.fip.core.network.Parameter.Role;

/**
 * Writes a network down, operation by operation, as a TorchScript program over one flat weight
 * vector, together with the program of its tangent.
 *
 * <p>Each operation contributes the line that computes it and the line that pushes a tangent
 * through it (forward-mode differentiation, R-operator: Pearlmutter 1994), and names the values
 * that the latter reads. Those are the activations a linearisation keeps: with them, J v costs no
 * forward pass, and one recorded graph serves J v and J^T u alike. Writing the tangents out needs
 * no forward-mode support of the engine, and lets them run beside a recorded backward graph.
 */
public final class GraphBuilder {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<String> primal = new ArrayList<>();
  private final List<String> tangent = new ArrayList<>();
  private final Set<String> kept = new LinkedHashSet<>();
  private final List<String> head = new ArrayList<>();
  private int next;

  /**
   * What a network reads.
   *
   * @param name key of the input, such as {@code pixel_values}
   * @param shape shape of one example
   */
  public record InputSpec(String name, List<Integer> shape) {
    /** Copies the shape. */
    public InputSpec {
      shape = List.copyOf(shape);
    }
  }

  /** Elementwise nonlinearities. */
  public enum Activation {
    /** max(x, 0). */
    RELU,
    /** Hyperbolic tangent. */
    TANH
  }

  /** An input of the network. */
  public Value input(String name, List<Integer> shape) {
    Value value = new Value("x" + inputs.size(), shape, false);
    inputs.add(new InputSpec(name, shape));
    return value;
  }

  /** x W^T + b over the last axis, with the tensors {@code name.weight} and {@code name.bias}. */
  public Value linear(Value x, String name, int outputs) {
    int width = x.shape().get(x.shape().size() - 1);
    String w = parameter(name + ".weight", List.of(outputs, width), Role.WEIGHT);
    String b = parameter(name + ".bias", List.of(outputs), Role.OFFSET);
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(shape.size() - 1, outputs);
    Value y = emit(shape, "torch.linear(%s, %s, %s)", x.name(), w, b);
    keep(x);
    String own = String.format("torch.linear(%s, d%s, d%s)", x.name(), w, b);
    if (!x.moves()) {
      tangent(y, own);
    } else if (x.shape().size() == 1) {
      tangent(y, "torch.addmm(%s, %s, torch.t(%s))", own, x.tangent(), w);
    } else {
      tangent(y, "torch.add(%s, torch.linear(%s, %s))", own, x.tangent(), w);
    }
    return y;
  }

  /** The last layer: a linear one whose outputs are the classes, so that it can grow. */
  public Value classifier(Value x, String name, int classes) {
    Value y = linear(x, name, classes);
    head.add(name + ".weight");
    head.add(name + ".bias");
    return y;
  }

  /** A two-dimensional convolution of a (channels, height, width) value, with bias. */
  public Value convolution(Value x, String name, int outputs, int kernel, int stride, int padding) {
    int channels = x.shape().get(0);
    String w = parameter(name + ".weight", List.of(outputs, channels, kernel, kernel), Role.WEIGHT);
    String b = parameter(name + ".bias", List.of(outputs), Role.OFFSET);
    List<Integer> shape =
        List.of(
            outputs,
            window(x.shape().get(1), kernel, stride, padding),
            window(x.shape().get(2), kernel, stride, padding));
    String rest = String.format("[%d, %d], [%d, %d]", stride, stride, padding, padding);
    Value y = emit(shape, "torch.conv2d(%s, %s, %s, %s)", x.name(), w, b, rest);
    keep(x);
    String own = String.format("torch.conv2d(%s, d%s, d%s, %s)", x.name(), w, b, rest);
    if (x.moves()) {
      tangent(y, "torch.add(%s, torch.conv2d(%s, %s, None, %s))", own, x.tangent(), w, rest);
    } else {
      tangent(y, own);
    }
    return y;
  }

  /** An elementwise nonlinearity. */
  public Value activation(Value x, Activation kind) {
    Value y =
        emit(
            x.moves(),
            x.shape(),
            kind == Activation.RELU ? "torch.relu(%s)" : "torch.tanh(%s)",
            x.name());
    if (x.moves()) {
      keep(y);
      tangent(
          y,
          kind == Activation.RELU
              ? "torch.threshold_backward(%s, %s, 0)"
              : "torch.tanh_backward(%s, %s)",
          x.tangent(),
          y.name());
    }
    return y;
  }

  /** Maxima over windows of side {@code size} with that stride; an odd edge is dropped. */
  public Value maxPool(Value x, int size) {
    List<Integer> shape = pooled(x, size);
    Value y = new Value("h" + next, shape, x.moves());
    String index = "i" + next++;
    primal.add(
        String.format(
            "%s, %s = torch.max_pool2d_with_indices(%s, [%d, %d], [%d, %d], [0, 0], [1, 1], False)",
            y.name(), index, x.name(), size, size, size, size));
    if (x.moves()) {
      kept.add(index);
      tangent(
          y,
          "torch.reshape(torch.gather(torch.flatten(%s, 2), 2, torch.flatten(%s, 2)),"
              + " [-1, %d, %d, %d])",
          x.tangent(),
          index,
          shape.get(0),
          shape.get(1),
          shape.get(2));
    }
    return y;
  }

  /** Means over windows of side {@code size} with that stride; an odd edge is dropped. */
  public Value averagePool(Value x, int size) {
    String rest = String.format("[%d, %d], [%d, %d]", size, size, size, size);
    Value y = emit(x.moves(), pooled(x, size), "torch.avg_pool2d(%s, %s)", x.name(), rest);
    if (x.moves()) {
      tangent(y, "torch.avg_pool2d(%s, %s)", x.tangent(), rest);
    }
    return y;
  }

  /** All of an example in one axis. */
  public Value flatten(Value x) {
    Value y = emit(x.moves(), List.of(x.size()), "torch.flatten(%s, 1)", x.name());
    if (x.moves()) {
      tangent(y, "torch.flatten(%s, 1)", x.tangent());
    }
    return y;
  }

  /** Ends the description: {@code logits} has shape (classes). */
  public Graph build(Value logits) {
    return new Graph(
        List.copyOf(parameters.values()),
        List.copyOf(inputs),
        List.copyOf(head),
        List.copyOf(primal),
        List.copyOf(tangent),
        List.copyOf(kept),
        logits.name(),
        logits.size());
  }

  private static List<Integer> pooled(Value x, int size) {
    return List.of(
        x.shape().get(0),
        window(x.shape().get(1), size, size, 0),
        window(x.shape().get(2), size, size, 0));
  }

  private static int window(int length, int kernel, int stride, int padding) {
    int positions = Math.floorDiv(length + 2 * padding - kernel, stride) + 1;
    if (positions < 1) {
      throw FipException.data(
          "an input side of %d is too small for a window of %d with padding %d",
          length, kernel, padding);
    }
    return positions;
  }

  /** Declares a tensor and returns its variable. */
  private String parameter(String name, List<Integer> shape, Role role) {
    String variable = "p" + parameters.size();
    if (parameters.putIfAbsent(name, new Parameter(name, shape, role)) != null) {
      throw new IllegalArgumentException("tensor " + name + " is declared twice");
    }
    return variable;
  }

  /** A value computed from w: it has a tangent. */
  private Value emit(List<Integer> shape, String format, Object... arguments) {
    return emit(true, shape, format, arguments);
  }

  private Value emit(boolean moves, List<Integer> shape, String format, Object... arguments) {
    Value y = new Value("h" + next++, shape, moves);
    primal.add(y.name() + " = " + String.format(format, arguments));
    return y;
  }

  private void tangent(Value y, String format, Object... arguments) {
    tangent.add(y.tangent() + " = " + String.format(format, arguments));
  }

  private void keep(Value x) {
    if (!x.name().startsWith("x")) {
      kept.add(x.name());
    }
  }
}
