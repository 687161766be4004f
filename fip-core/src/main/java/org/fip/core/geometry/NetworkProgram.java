package org.fip.core.geometry;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fip.core.FipException;
import org.fip.core.engine.Program;
import org.fip.core.network.Graph;
import org.fip.core.network.Input;
import org.fip.core.network.WeightLayout;

/**
 * A network compiled for one device: outputs, gradients and Jacobian products as one native call
 * each. Safe for several threads at once.
 *
 * <p>Throughout, w is the flat weight vector [P], c the flat constants, x the list of inputs with
 * the batch axis first, all of one floating-point type and on the program's device. Costs count
 * forward passes F over the batch; a linear layer's backward costs twice its forward.
 */
public final class NetworkProgram implements AutoCloseable {
  private static final Pattern ID = Pattern.compile("\\w+");

  private static final String PRODUCTS =
      """
        def logits(self, w: Tensor, c: Tensor, x: List[Tensor]) -> Tensor:
          torch.set_grad_enabled(False)
          return (self).forward(w, c, x, )
        def record(self, w: Tensor, c: Tensor, x: List[Tensor]) -> List[Tensor]:
          torch.set_grad_enabled(True)
          w0 = torch.requires_grad_(torch.detach(w))
          r = (self).primal(w0, c, x, )
          torch.set_grad_enabled(False)
          return torch.add([w0], r)
        def jv(self, k: List[Tensor], c: Tensor, x: List[Tensor], v: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return (self).tangent(k[0], c, x, v, torch.slice(k, 2), )
        def jtu(self, k: List[Tensor], u: Tensor) -> Tensor:
          us = annotate(List[Optional[Tensor]], [u])
          g = (torch.autograd.grad([k[1]], [k[0]], us, True))[0]
          return unchecked_cast(Tensor, g)
        def metric_euclidean(self, y: Tensor, t: Tensor) -> Tensor:
          return t
        def metric_fisher(self, y: Tensor, t: Tensor) -> Tensor:
          pt = torch.mul(torch.softmax(torch.detach(y), 1), t)
          s = torch.sum(pt, [1], True)
          return torch.sub(pt, torch.mul(torch.softmax(torch.detach(y), 1), s))
      """;

  /** M J v, then J^T of it, at a kept point and at a fresh one; also returns J v. */
  private static final String METRIC_PRODUCT =
      """
        def gv%1$s(self, k: List[Tensor], c: Tensor, x: List[Tensor], v: Tensor) -> Tuple[Tensor, Tensor]:
          t = (self).jv(k, c, x, v, )
          u = (self).metric%1$s(k[1], t, )
          return ((self).jtu(k, u, ), t)
        def fresh%1$s(self, w: Tensor, c: Tensor, x: List[Tensor], v: Tensor) -> Tuple[Tensor, Tensor]:
          k = (self).record(w, c, x, )
          t = (self).jv(k, c, x, v, )
          u = (self).metric%1$s(k[1], t, )
          us = annotate(List[Optional[Tensor]], [u])
          g = (torch.autograd.grad([k[1]], [k[0]], us))[0]
          return (unchecked_cast(Tensor, g), t)
      """;

  private static final String OUTPUT_FUNCTION =
      """
        def value_%1$s(self, y: Tensor, t: Tensor) -> Tensor:
      %2$s
          return l
        def gradient_%1$s(self, w: Tensor, c: Tensor, x: List[Tensor], t: Tensor, s: Tensor, g: Tensor) -> Tensor:
          torch.set_grad_enabled(True)
          w0 = torch.requires_grad_(torch.detach(w))
          y = (self).forward(w0, c, x, )
          l = (self).value_%1$s(y, t, )
          d = unchecked_cast(Tensor, (torch.autograd.grad([torch.mul(l, s)], [w0]))[0])
          torch.set_grad_enabled(False)
          h = torch.add_(g, d)
          return torch.detach(l)
      """;

  /** A distance of outputs and hidden layers from those of other weights, and its gradient. */
  private static final String LAYERED_FUNCTION =
      """
        def layered_%1$s(self, w: Tensor, r: Tensor, c: Tensor, x: List[Tensor], h: Tensor, s: Tensor, g: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          b = (self).layers(r, c, x, )
          torch.set_grad_enabled(True)
          w0 = torch.requires_grad_(torch.detach(w))
          a = (self).layers(w0, c, x, )
          l0 = (self).value_%1$s(a[0], b[0], )
          l = torch.add(l0, torch.mul(h, (self).hidden(a, b, )))
          d = unchecked_cast(Tensor, (torch.autograd.grad([torch.mul(l, s)], [w0]))[0])
          torch.set_grad_enabled(False)
          g0 = torch.add_(g, d)
          return torch.detach(l)
      """;

  /** A function of each example, and its gradient in the images; their weights do not record. */
  private static final String EXAMPLE_FUNCTION =
      """
        def examples_%1$s(self, y: Tensor, t: Tensor) -> Tensor:
      %2$s
          return e
        def ascent_%1$s(self, w: Tensor, c: Tensor, x: Tensor, t: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
          torch.set_grad_enabled(True)
          x0 = torch.requires_grad_(torch.detach(x))
          y = (self).forward(torch.detach(w), c, [x0], )
          e = (self).examples_%1$s(y, t, )
          d = unchecked_cast(Tensor, (torch.autograd.grad([torch.sum(e)], [x0]))[0])
          torch.set_grad_enabled(False)
          return (d, torch.detach(e), torch.detach(y))
      """;

  /** Added to the square of a layer's norm, which may be zero. */
  private static final String SMALLEST_NORM = "1e-12";

  private final Graph graph;
  private final WeightLayout layout;
  private final Device device;
  private final Program program;
  private final int renormalized;

  /** By the text of a function, the program that has it. */
  private final Map<FunctionText, Program> programs = new ConcurrentHashMap<>();

  /** What decides the value of a function. */
  private record FunctionText(String id, String script) {
    static FunctionText of(OutputFunction function) {
      return new FunctionText(function.id(), function.script());
    }
  }

  /**
   * Compiles the network together with functions of its outputs. Others are compiled at their first
   * use, beside the network once more.
   */
  public NetworkProgram(
      Graph graph, WeightLayout layout, Device device, List<? extends OutputFunction> functions) {
    this.graph = graph;
    this.layout = layout;
    this.device = device;
    program = new Program(device, source(graph, layout, functions));
    renormalized =
        graph.normalizedLayers().stream().mapToInt(layer -> 2 * layer.output().axis(0)).sum();
    functions.forEach(function -> programs.put(FunctionText.of(function), program));
  }

  private Program programOf(OutputFunction function) {
    return programs.computeIfAbsent(FunctionText.of(function), text -> compile(function));
  }

  private Program compile(OutputFunction function) {
    if (!ID.matcher(function.id()).matches()) {
      throw FipException.data(
          "objective %s: the id '%s' must be letters, digits and _",
          function.getClass().getName(), function.id());
    }
    try {
      return new Program(device, source(graph, layout, List.of(function)));
    } catch (EngineException e) {
      throw FipException.data(
          "objective %s: its script is no TorchScript: %s",
          function.getClass().getName(), e.getMessage().strip().lines().findFirst().orElse(""));
    }
  }

  /** The program text, as a check against another host of libtorch needs it. */
  public static String source(
      Graph graph, WeightLayout layout, List<? extends OutputFunction> functions) {
    StringBuilder text = new StringBuilder(graph.source(layout)).append(PRODUCTS);
    text.append(hidden(graph.hiddenLayers()));
    for (Metric metric : Metric.values()) {
      text.append(String.format(METRIC_PRODUCT, metric.method()));
    }
    boolean images = graph.inputs().get(0).kind() == Input.Kind.VALUES;
    for (OutputFunction function : functions) {
      text.append(String.format(OUTPUT_FUNCTION, function.id(), block(function.script())));
      if (function instanceof Distance) {
        text.append(String.format(LAYERED_FUNCTION, function.id()));
      }
      if (images && function instanceof ExampleFunction perExample) {
        text.append(String.format(EXAMPLE_FUNCTION, function.id(), block(perExample.examples())));
      }
    }
    return text.toString();
  }

  /**
   * The sum over the batch of the mean over the layers of |a - b|^2 / |b|^2, a and b all that a
   * layer makes of an example.
   */
  private static String hidden(int layers) {
    StringBuilder text = new StringBuilder();
    text.append("  def hidden(self, a: List[Tensor], b: List[Tensor]) -> Tensor:\n");
    text.append("    s0 = torch.zeros_like(torch.sum(b[0]))\n");
    for (int i = 1; i <= layers; i++) {
      text.append(
          String.format(
              """
                  b%1$d = torch.flatten(b[%1$d], 1)
                  d%1$d = torch.sum(torch.pow(torch.sub(torch.flatten(a[%1$d], 1), b%1$d), 2), [1])
                  n%1$d = torch.add(torch.sum(torch.pow(b%1$d, 2), [1]), %3$s)
                  s%1$d = torch.add(s%2$d, torch.sum(torch.div(d%1$d, n%1$d)))
              """,
              i, i - 1, SMALLEST_NORM));
    }
    return text.append("    return torch.mul(s")
        .append(layers)
        .append(", ")
        .append(1.0 / Math.max(1, layers))
        .append(")\n")
        .toString();
  }

  private static String block(String script) {
    return script.lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
  }

  /** P, the length of w. */
  public int parameters() {
    return layout.size();
  }

  /** C, the number of outputs. */
  public int classes() {
    return graph.classes();
  }

  /** How many numbers {@link #renormalization} gives. */
  public int renormalized() {
    return renormalized;
  }

  /**
   * For each batch normalisation whose tensors move, by what each channel of its output is to be
   * multiplied, [channels], and what is then to be added, [channels], to be nearest, by squares, to
   * what it is with the weights {@code reference} on the same batch; factors are from a half to 2.
   * All owned by {@code scope}. Cost 2 F.
   */
  public NDList renormalization(
      NDManager scope, NDArray w, NDArray reference, NDArray c, List<NDArray> x) {
    return program.call(scope, "renormalization", w, reference, c, x);
  }

  /** Logits [batch, classes]; owned by {@code scope}. Cost 1 F. */
  public NDArray logits(NDManager scope, NDArray w, NDArray c, List<NDArray> x) {
    return program.call(scope, "logits", w, c, x).singletonOrThrow();
  }

  /** The network's named outputs, [batch, classes] each; owned by {@code scope}. Cost 1 F. */
  public NDList outputs(NDManager scope, NDArray w, NDArray c, List<NDArray> x) {
    return program.call(scope, "outputs", w, c, x);
  }

  /** The function's value, a scalar: sum over the batch; owned by {@code scope}. */
  public NDArray value(NDManager scope, OutputFunction function, NDArray y, NDArray t) {
    return programOf(function).call(scope, "value_" + function.id(), y, t).singletonOrThrow();
  }

  /**
   * Adds {@code scale} times the gradient in w of the function's sum over the batch to {@code sum}
   * [P], and returns the unscaled value, a scalar owned by {@code scope}. Cost 3 F.
   *
   * @param scale a scalar array
   */
  public NDArray addGradient(
      NDManager scope,
      OutputFunction function,
      NDArray w,
      NDArray c,
      List<NDArray> x,
      NDArray target,
      NDArray scale,
      NDArray sum) {
    return programOf(function)
        .call(scope, "gradient_" + function.id(), w, c, x, target, scale, sum)
        .singletonOrThrow();
  }

  /**
   * As {@link #addGradient}, of the distance from the outputs at {@code reference} [P] plus {@code
   * hidden} times the distance of the hidden layers: the mean over the layers of the squared
   * Euclidean distance relative to the squared norm at the reference, example by example. It is the
   * outputs' distance that a later layer would have to make good for (hints, Romero et al. 2015,
   * arXiv 1412.6550, with no regressor because the widths are equal). Cost 4 F.
   *
   * @param hidden a scalar array
   */
  public NDArray addLayeredGradient(
      NDManager scope,
      Distance distance,
      NDArray w,
      NDArray reference,
      NDArray c,
      List<NDArray> x,
      NDArray hidden,
      NDArray scale,
      NDArray sum) {
    return program
        .call(scope, "layered_" + distance.id(), w, reference, c, x, hidden, scale, sum)
        .singletonOrThrow();
  }

  /** The function's value for each example, [batch]; owned by {@code scope}. For images only. */
  public NDArray examples(NDManager scope, ExampleFunction function, NDArray y, NDArray t) {
    return programOf(function).call(scope, "examples_" + function.id(), y, t).singletonOrThrow();
  }

  /**
   * The gradient in the images x of the function's sum over the batch, shaped like x: each image's
   * is that of its own value, because no image has a part in another's. Then the values [batch] and
   * the logits [batch, classes]; all owned by {@code scope}. For images only. Cost 2 F.
   */
  public NDList ascent(
      NDManager scope, ExampleFunction function, NDArray w, NDArray c, NDArray x, NDArray target) {
    return programOf(function).call(scope, "ascent_" + function.id(), w, c, x, target);
  }

  /**
   * The sum over the batch of J^T M J v, and J v, at a point that is not kept: [P] and [batch,
   * classes], owned by {@code scope}. Cost 5 F.
   */
  public NDList metricProduct(
      NDManager scope, Metric metric, NDArray w, NDArray c, List<NDArray> x, NDArray v) {
    return program.call(scope, "fresh" + metric.method(), w, c, x, v);
  }

  /**
   * Linearises the network at w over a batch and keeps its activations, until the result is closed.
   * The arrays passed in must live as long. Cost 1 F.
   *
   * @param owner takes what is kept; the linearisation closes it
   */
  public Linearization linearize(NDManager owner, NDArray w, NDArray c, List<NDArray> x) {
    return new Linearization(program, owner, c, x, program.call(owner, "record", w, c, x));
  }

  @Override
  public void close() {
    Set<Program> all = new HashSet<>(programs.values());
    all.add(program);
    all.forEach(Program::close);
  }
}
