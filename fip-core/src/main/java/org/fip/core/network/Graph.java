package org.fip.core.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fip.core.network.GraphBuilder.InputSpec;

/**
 * A network's computation: its tensors, and the program text of its outputs and of their tangent.
 * Made by {@link GraphBuilder}.
 */
public final class Graph {
  private final List<Parameter> parameters;
  private final List<InputSpec> inputs;
  private final List<String> head;
  private final List<String> primal;
  private final List<String> tangent;
  private final List<String> kept;
  private final String logits;
  private final int classes;

  Graph(
      List<Parameter> parameters,
      List<InputSpec> inputs,
      List<String> head,
      List<String> primal,
      List<String> tangent,
      List<String> kept,
      String logits,
      int classes) {
    this.parameters = parameters;
    this.inputs = inputs;
    this.head = head;
    this.primal = primal;
    this.tangent = tangent;
    this.kept = kept;
    this.logits = logits;
    this.classes = classes;
  }

  /** All tensors, in the order the network declares them. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** What the network reads, in the order the program takes it. */
  public List<InputSpec> inputs() {
    return inputs;
  }

  /** The tensors whose first axis is the class, so that classes can be added and removed. */
  public List<String> head() {
    return head;
  }

  /** C, the number of outputs. */
  public int classes() {
    return classes;
  }

  /**
   * The program's methods over w (flat, in the layout's order), c (the constants, flat, in declared
   * order), and x (the list of inputs, batch axis first):
   *
   * <ul>
   *   <li>{@code forward(w, c, x)}: logits [batch, classes];
   *   <li>{@code primal(w, c, x)}: the list of logits and kept activations;
   *   <li>{@code tangent(w, c, x, v, k)}: J v [batch, classes], with k the kept activations.
   * </ul>
   */
  public String source(WeightLayout layout) {
    String cut = cut(layout, "w", "p");
    String constants = cutConstants();
    StringBuilder text = new StringBuilder();
    text.append("  def forward(self, w: Tensor, c: Tensor, x: List[Tensor]) -> Tensor:\n");
    text.append(cut).append(constants).append(readInputs()).append(block(primal));
    text.append("    return ").append(logits).append('\n');
    text.append("  def primal(self, w: Tensor, c: Tensor, x: List[Tensor]) -> List[Tensor]:\n");
    text.append(cut).append(constants).append(readInputs()).append(block(primal));
    List<String> results = new ArrayList<>(List.of(logits));
    results.addAll(kept);
    text.append("    return [").append(String.join(", ", results)).append("]\n");
    text.append(
        "  def tangent(self, w: Tensor, c: Tensor, x: List[Tensor], v: Tensor, k: List[Tensor])"
            + " -> Tensor:\n");
    text.append(cut).append(cut(layout, "v", "dp")).append(constants).append(readInputs());
    for (int i = 0; i < kept.size(); i++) {
      text.append("    ").append(kept.get(i)).append(" = k[").append(i).append("]\n");
    }
    text.append(block(tangent)).append("    return d").append(logits).append('\n');
    return text.toString();
  }

  /** One split for all tensors: its backward is a single concatenation into the flat gradient. */
  private String cut(WeightLayout layout, String vector, String prefix) {
    Map<String, Integer> declared = new HashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      declared.put(parameters.get(i).name(), i);
    }
    List<WeightLayout.Slot> slots = layout.slots();
    StringBuilder text = new StringBuilder();
    text.append(split(vector, slots.stream().map(WeightLayout.Slot::parameter).toList()));
    for (int i = 0; i < slots.size(); i++) {
      Parameter parameter = slots.get(i).parameter();
      text.append(view(prefix + declared.get(parameter.name()), vector, i, parameter));
    }
    return text.toString();
  }

  private String cutConstants() {
    List<Parameter> constants = parameters.stream().filter(p -> !p.trainable()).toList();
    if (constants.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(split("c", constants));
    for (int i = 0; i < constants.size(); i++) {
      Parameter constant = constants.get(i);
      text.append(view("p" + parameters.indexOf(constant), "c", i, constant));
    }
    return text.toString();
  }

  private static String split(String vector, List<Parameter> parts) {
    String sizes =
        parts.stream().map(p -> Integer.toString(p.size())).collect(Collectors.joining(", "));
    return String.format("    %ss = torch.split_with_sizes(%s, [%s])\n", vector, vector, sizes);
  }

  private static String view(String variable, String vector, int index, Parameter parameter) {
    String shape =
        parameter.shape().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return String.format("    %s = torch.view(%ss[%d], [%s])\n", variable, vector, index, shape);
  }

  private String readInputs() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < inputs.size(); i++) {
      text.append(String.format("    x%d = x[%d]\n", i, i));
    }
    return text.toString();
  }

  private static String block(List<String> lines) {
    return lines.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
  }
}
