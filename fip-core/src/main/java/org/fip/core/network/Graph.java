package org.fip.core.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A network's computation: its tensors, and the program text of its outputs and of their tangent.
 * Made by {@link GraphBuilder}.
 */
public final class Graph {
  private final List<Parameter> parameters;
  private final List<Parameter> moving;
  private final List<Input> inputs;
  private final List<String> head;
  private final List<ChannelGroup> channels;
  private final Tape tape;
  private final Value logits;
  private final List<Value> hidden;
  private final List<NormalizedLayer> normalized;
  private final Map<String, Value> outputs;

  Graph(
      List<Parameter> parameters,
      List<Parameter> moving,
      List<Input> inputs,
      List<String> head,
      List<ChannelGroup> channels,
      Tape tape,
      Value logits,
      List<Value> hidden,
      List<NormalizedLayer> normalized,
      Map<String, Value> outputs) {
    this.parameters = parameters;
    this.moving = moving;
    this.inputs = inputs;
    this.head = head;
    this.channels = channels;
    this.tape = tape;
    this.logits = logits;
    this.hidden = hidden;
    this.normalized = normalized;
    this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** All tensors, in the order the network declares them. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** The tensors that w consists of, in the order the network declares them. */
  public List<Parameter> moving() {
    return moving;
  }

  /** All other tensors, in the order the network declares them: that of the constants. */
  public List<Parameter> constants() {
    return parameters.stream().filter(p -> !moving.contains(p)).toList();
  }

  /** What the network reads, in the order the program takes it. */
  public List<Input> inputs() {
    return inputs;
  }

  /** Whether it reads texts: sequences of indices into a vocabulary. */
  public boolean readsTexts() {
    return inputs.stream().anyMatch(input -> input.kind() == Input.Kind.INDICES);
  }

  /** The tensors whose first axis is the class, so that classes can be added and removed. */
  public List<String> head() {
    return head;
  }

  /** The channels that can be taken out without a trace but their own, in the order of layers. */
  public List<ChannelGroup> channels() {
    return channels;
  }

  /** C, the number of outputs. */
  public int classes() {
    return logits.size();
  }

  /** Convolutions with batch normalisations that change with w, in their order. */
  public List<NormalizedLayer> normalizedLayers() {
    return normalized;
  }

  /** How many hidden layers change with w: what nonlinearities make. */
  public int hiddenLayers() {
    return hidden.size();
  }

  /** Names of what users may ask for beside the logits, each [classes]. */
  public List<String> outputs() {
    return List.copyOf(outputs.keySet());
  }

  /**
   * How many numbers a linearisation keeps for each example: the activations that the tangent and
   * the backward pass read. Unknown when the graph was made without the sizes of examples.
   */
  public OptionalLong activations() {
    long sum = 0;
    for (List<Integer> shape : tape.activations()) {
      if (shape.contains(Value.ANY)) {
        return OptionalLong.empty();
      }
      sum += shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
    return OptionalLong.of(sum);
  }

  /**
   * The program's methods over w (flat, in the layout's order), c (the constants, flat, in declared
   * order), and x (the list of inputs, batch axis first):
   *
   * <ul>
   *   <li>{@code forward(w, c, x)}: logits [batch, classes];
   *   <li>{@code outputs(w, c, x)}: the list of the named outputs, [batch, classes] each;
   *   <li>{@code layers(w, c, x)}: the list of logits and what each hidden layer makes of each
   *       example, {@link #hiddenLayers} arrays with the batch axis first;
   *   <li>{@code renormalization(w, r, c, x)}: for each of the {@link #normalizedLayers} two arrays
   *       [channels]: a channel times the first plus the second is nearest to what it is with the
   *       weights r, over the batch, when the layers before are changed so already; factors from a
   *       half to 2, and 1 and 0 for channels that hardly vary;
   *   <li>{@code primal(w, c, x)}: the list of logits and kept activations;
   *   <li>{@code tangent(w, c, x, v, k)}: J v [batch, classes], with k the kept activations.
   * </ul>
   */
  public String source(WeightLayout layout) {
    String cut = cut(layout, "w", "p");
    String forward = cut + cutConstants() + readInputs() + block(tape.primal());
    List<String> results = new ArrayList<>(List.of(logits.name()));
    results.addAll(tape.kept());
    StringBuilder text = new StringBuilder();
    text.append("  def forward(self, w: Tensor, c: Tensor, x: List[Tensor]) -> Tensor:\n");
    text.append(forward);
    text.append("    return ").append(logits.name()).append('\n');
    text.append("  def outputs(self, w: Tensor, c: Tensor, x: List[Tensor]) -> List[Tensor]:\n");
    text.append(forward);
    text.append("    return annotate(List[Tensor], [")
        .append(outputs.values().stream().map(Value::name).collect(Collectors.joining(", ")))
        .append("])\n");
    List<String> layers = new ArrayList<>(List.of(logits.name()));
    hidden.forEach(value -> layers.add(value.name()));
    text.append("  def layers(self, w: Tensor, c: Tensor, x: List[Tensor]) -> List[Tensor]:\n");
    text.append(forward);
    text.append("    return [").append(String.join(", ", layers)).append("]\n");
    if (!normalized.isEmpty()) {
      text.append(renormalization(layout));
    }
    text.append("  def primal(self, w: Tensor, c: Tensor, x: List[Tensor]) -> List[Tensor]:\n");
    text.append(forward);
    text.append("    return [").append(String.join(", ", results)).append("]\n");
    text.append(
        "  def tangent(self, w: Tensor, c: Tensor, x: List[Tensor], v: Tensor, k: List[Tensor])"
            + " -> Tensor:\n");
    text.append(cut).append(cut(layout, "v", "dp")).append(cutConstants()).append(readInputs());
    for (int i = 0; i < tape.kept().size(); i++) {
      text.append("    ").append(tape.kept().get(i)).append(" = k[").append(i).append("]\n");
    }
    text.append(block(tape.tangent()));
    text.append("    return ").append(logits.tangent()).append('\n');
    return text.toString();
  }

  /** Least squares of the reference's channel in the own one, over examples and places. */
  private static final String RENORMALIZE =
      """
          m%1$d = torch.mean(%2$s, [0, 2, 3])
          n%1$d = torch.mean(r%2$s, [0, 2, 3])
          d%1$d = torch.sub(%2$s, torch.view(m%1$d, [-1, 1, 1]))
          e%1$d = torch.sub(r%2$s, torch.view(n%1$d, [-1, 1, 1]))
          v%1$d = torch.mean(torch.pow(d%1$d, 2), [0, 2, 3])
          b%1$d = torch.gt(v%1$d, torch.mul(torch.mean(torch.pow(e%1$d, 2), [0, 2, 3]), %3$s))
          k%1$d = torch.div(torch.mean(torch.mul(d%1$d, e%1$d), [0, 2, 3]), v%1$d)
          s%1$d = torch.where(b%1$d, torch.clamp(k%1$d, 0.5, 2.), torch.ones_like(m%1$d))
          o%1$d = torch.sub(n%1$d, torch.mul(s%1$d, m%1$d))
          o%1$d = torch.where(b%1$d, o%1$d, torch.zeros_like(m%1$d))
          %2$s = torch.mul(%2$s, torch.view(s%1$d, [-1, 1, 1]))
          %2$s = torch.add(%2$s, torch.view(o%1$d, [-1, 1, 1]))
      """;

  /** A channel whose variance is a smaller share of the reference's hardly varies. */
  private static final String LEAST_VARIANCE = "1e-6";

  /** Both networks layer by layer; what the reference computes has names of its own. */
  private String renormalization(WeightLayout layout) {
    StringBuilder text = new StringBuilder();
    text.append(
        "  def renormalization(self, w: Tensor, r: Tensor, c: Tensor, x: List[Tensor])"
            + " -> List[Tensor]:\n    torch.set_grad_enabled(False)\n");
    text.append(readInputs());
    text.append(cut(layout, "w", "p")).append(cutConstants());
    text.append(ofReference(cut(layout, "r", "p") + cutConstants()));
    List<String> results = new ArrayList<>();
    int line = 0;
    for (int i = 0; i < normalized.size(); i++) {
      NormalizedLayer layer = normalized.get(i);
      String lines = block(tape.primal().subList(line, layer.line()));
      text.append(lines).append(ofReference(lines));
      text.append(String.format(RENORMALIZE, i, layer.output().name(), LEAST_VARIANCE));
      results.addAll(List.of("s" + i, "o" + i));
      line = layer.line();
    }
    return text.append("    return [").append(String.join(", ", results)).append("]\n").toString();
  }

  private static String ofReference(String lines) {
    return lines.replaceAll("\\b([hp])(\\d)", "r$1$2");
  }

  /** One split for all tensors: its backward is a single concatenation into the flat gradient. */
  private String cut(WeightLayout layout, String vector, String prefix) {
    List<Parameter> parts = layout.slots().stream().map(WeightLayout.Slot::parameter).toList();
    return cut(parts, vector, prefix);
  }

  private String cutConstants() {
    List<Parameter> constants = constants();
    return constants.isEmpty() ? "" : cut(constants, "c", "p");
  }

  private String cut(List<Parameter> parts, String vector, String prefix) {
    Map<String, Integer> declared = new HashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      declared.put(parameters.get(i).name(), i);
    }
    StringBuilder text = new StringBuilder();
    String sizes =
        parts.stream().map(p -> Integer.toString(p.size())).collect(Collectors.joining(", "));
    text.append(
        String.format("    %ss = torch.split_with_sizes(%s, [%s])\n", vector, vector, sizes));
    for (int i = 0; i < parts.size(); i++) {
      Parameter part = parts.get(i);
      String shape = part.shape().stream().map(String::valueOf).collect(Collectors.joining(", "));
      text.append(
          String.format(
              "    %s%d = torch.view(%ss[%d], [%s])\n",
              prefix, declared.get(part.name()), vector, i, shape));
    }
    return text.toString();
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
