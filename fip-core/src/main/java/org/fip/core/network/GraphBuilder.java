package org.fip.core.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.data.Examples;
import org.fip.core.network.Parameter.Initial;
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
 *
 * <p>Tensors that the selection leaves out are constants: what is computed from them and from the
 * inputs alone has no tangent, and no operation spends anything on one.
 *
 * <p>Shapes are those of one example. A length may be {@link Value#ANY}, because no line of the
 * program depends on how large an image or how long a text is.
 */
public final class GraphBuilder {
  private final TensorSelection selection;
  private final Map<String, List<Integer>> sizes;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<Input> inputs = new ArrayList<>();
  private final List<String> head = new ArrayList<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final Tape tape = new Tape();

  /**
   * An empty graph.
   *
   * @param selection which tensors move
   * @param sizes shapes of examples by input, as far as they are known beyond the configuration
   */
  GraphBuilder(TensorSelection selection, Map<String, List<Integer>> sizes) {
    this.selection = selection;
    this.sizes = sizes;
  }

  // --- inputs and parameters ---------------------------------------------------------------------

  /** Images {@code pixel_values}, [channels, height, width]; sides may be {@link Value#ANY}. */
  public Value pixels(int channels, int height, int width) {
    List<Integer> shape = List.of(channels, height, width);
    return input(new Input(Examples.PIXEL_VALUES, Input.Kind.VALUES, shape, 0, 0));
  }

  /** A sequence, at most so long, of numbers from 0 to {@code limit - 1}, [length]. */
  public Value indices(String name, int limit, int longest) {
    return input(new Input(name, Input.Kind.INDICES, List.of(Value.ANY), limit, longest));
  }

  /** A sequence that is 1 where a position counts and 0 where it is padding, [length]. */
  public Value mask(String name, int longest) {
    return input(new Input(name, Input.Kind.MASK, List.of(Value.ANY), 2, longest));
  }

  private Value input(Input input) {
    List<Integer> shape = input.shape();
    List<Integer> known = sizes.getOrDefault(input.name(), shape);
    Value value = new Value("x" + inputs.size(), input.fits(known) ? known : shape, false);
    inputs.add(input);
    return value;
  }

  /** A tensor of the checkpoint that is looked up or added as it is: a token, positions. */
  public Value table(String name, Integer... shape) {
    return parameter(name, null, List.of(shape), Role.EMBEDDING, Initial.NORMAL);
  }

  private Value parameter(
      String name, String alias, List<Integer> shape, Role role, Initial initial) {
    Value value =
        new Value("p" + parameters.size(), shape, role != Role.CONSTANT && selection.moves(name));
    if (parameters.putIfAbsent(name, new Parameter(name, alias, shape, role, initial)) != null) {
      throw new IllegalArgumentException("tensor " + name + " is declared twice");
    }
    return value;
  }

  // --- layers ------------------------------------------------------------------------------------

  /** x W^T + b over the last axis, with the tensors {@code name.weight} and {@code name.bias}. */
  public Value linear(Value x, String name, int outputs) {
    return linear(x, name, outputs, true);
  }

  /** x W^T + b over the last axis, b only if there is one. */
  public Value linear(Value x, String name, int outputs, boolean bias) {
    List<Integer> sides = List.of(outputs, x.axis(-1));
    Value w = parameter(name + ".weight", null, sides, Role.WEIGHT, Initial.FAN_IN);
    Value b =
        bias
            ? parameter(name + ".bias", null, List.of(outputs), Role.OFFSET, Initial.FAN_IN)
            : null;
    Value y =
        tape.emit(
            anyMoves(x, w, b),
            x.with(-1, outputs),
            "torch.linear(%s, %s, %s)",
            x.name(),
            w.name(),
            name(b));
    if (w.moves()) {
      tape.keep(x);
    }
    if (w.moves() && x.moves() && x.shape().size() == 1) {
      tape.tangentLine(
          "%s = torch.addmm(torch.linear(%s, %s, %s), %s, torch.t(%s))",
          y.tangent(), x.name(), w.tangent(), tangentOrNone(b), x.tangent(), w.name());
      return y;
    }
    bilinear(y, "torch.linear(%s, %s, %s)", x, w, b, "");
    return y;
  }

  /** The last layer: a linear one whose outputs are the classes, so that it can grow. */
  public Value classifier(Value x, String name, int classes) {
    Value y = linear(x, name, classes);
    head.add(name + ".weight");
    head.add(name + ".bias");
    return y;
  }

  /**
   * The tangent of y = f(x, w) + b for a bilinear f: f(x, dw) + f(dx, w) + db, where each half
   * takes the bias along if it can.
   */
  private void bilinear(Value y, String function, Value x, Value w, Value b, String rest) {
    List<String> terms = new ArrayList<>();
    String offset = tangentOrNone(b);
    if (w.moves()) {
      terms.add(String.format(function, x.name(), w.tangent(), offset + rest));
      offset = "None";
    }
    if (x.moves()) {
      tape.keepFolded(w);
      terms.add(String.format(function, x.tangent(), w.name(), offset + rest));
    }
    if (terms.isEmpty() && b != null && b.moves()) {
      tape.keep(y.name());
      String broadcast = y.shape().size() == 3 ? "torch.view(%s, [-1, 1, 1])" : "%s";
      terms.add(
          String.format(
              "torch.add(torch.zeros_like(%s), " + broadcast + ")", y.name(), b.tangent()));
    }
    if (!terms.isEmpty()) {
      tape.tangent(y, terms);
    }
  }

  /** A two-dimensional convolution of a (channels, height, width) value. */
  public Value convolution(Value x, Convolution spec) {
    List<Integer> sides =
        List.of(spec.outputs(), x.axis(0), spec.kernelHeight(), spec.kernelWidth());
    Value w = parameter(spec.name() + ".weight", null, sides, Role.WEIGHT, Initial.FAN_IN);
    Value b =
        spec.bias()
            ? parameter(
                spec.name() + ".bias", null, List.of(spec.outputs()), Role.OFFSET, Initial.FAN_IN)
            : null;
    if (spec.normalization() != null) {
      Normalization normalization = normalization(spec);
      Value folded = fold(w, normalization);
      b = foldOffset(b, normalization);
      w = folded;
    }
    List<Integer> shape =
        List.of(
            spec.outputs(),
            window(x.axis(1), spec.kernelHeight(), spec.strideHeight(), spec.padding()),
            window(x.axis(2), spec.kernelWidth(), spec.strideWidth(), spec.padding()));
    String rest =
        String.format(
            ", [%d, %d], [%d, %d]",
            spec.strideHeight(), spec.strideWidth(), spec.padding(), spec.padding());
    Value y =
        tape.emit(
            anyMoves(x, w, b),
            shape,
            "torch.conv2d(%s, %s, %s%s)",
            x.name(),
            w.name(),
            name(b),
            rest);
    if (w.moves()) {
      tape.keep(x);
    }
    bilinear(y, "torch.conv2d(%s, %s, %s)", x, w, b, rest);
    return y;
  }

  /** Scale a = gamma / sqrt(variance + epsilon), offset beta and mean, each [channels]. */
  private record Normalization(Value scale, Value offset, Value mean) {}

  private Normalization normalization(Convolution spec) {
    List<Integer> channels = List.of(spec.outputs());
    String prefix = spec.normalization();
    Value gamma = parameter(prefix + ".weight", null, channels, Role.OFFSET, Initial.ONE);
    Value beta = parameter(prefix + ".bias", null, channels, Role.OFFSET, Initial.ZERO);
    Value mean = parameter(prefix + ".running_mean", null, channels, Role.CONSTANT, Initial.ZERO);
    Value variance = parameter(prefix + ".running_var", null, channels, Role.CONSTANT, Initial.ONE);
    Value root =
        tape.emit(
            false, channels, "torch.rsqrt(torch.add(%s, %s))", variance.name(), spec.epsilon());
    Value scale =
        tape.emit(gamma.moves(), channels, "torch.mul(%s, %s)", gamma.name(), root.name());
    if (gamma.moves()) {
      tape.keep(root.name());
      tape.tangentLine("%s = torch.mul(%s, %s)", scale.tangent(), gamma.tangent(), root.name());
    }
    return new Normalization(scale, beta, mean);
  }

  /** Each output channel's kernel times its scale. */
  private Value fold(Value w, Normalization by) {
    String perChannel = "torch.view(%s, [-1, 1, 1, 1])";
    String scale = String.format(perChannel, by.scale.name());
    Value y = tape.emit(anyMoves(w, by.scale), w.shape(), "torch.mul(%s, %s)", w.name(), scale);
    if (y.moves()) {
      tape.keep(y.name());
      List<String> terms = new ArrayList<>();
      if (w.moves()) {
        tape.keep(by.scale.name());
        terms.add(String.format("torch.mul(%s, %s)", w.tangent(), scale));
      }
      if (by.scale.moves()) {
        terms.add(String.format("torch.mul(%s, " + perChannel + ")", w.name(), by.scale.tangent()));
      }
      tape.tangent(y, terms);
    }
    return y;
  }

  /** beta + a (b - mean). */
  private Value foldOffset(Value b, Normalization by) {
    Value centred =
        b == null
            ? tape.emit(false, by.mean.shape(), "torch.neg(%s)", by.mean.name())
            : tape.emit(b.moves(), by.mean.shape(), "torch.sub(%s, %s)", b.name(), by.mean.name());
    Value y =
        tape.emit(
            anyMoves(by.offset, by.scale, b),
            by.mean.shape(),
            "torch.addcmul(%s, %s, %s)",
            by.offset.name(),
            by.scale.name(),
            centred.name());
    if (y.moves()) {
      List<String> terms = new ArrayList<>();
      if (by.scale.moves()) {
        tape.keep(centred.name());
        terms.add(String.format("torch.mul(%s, %s)", by.scale.tangent(), centred.name()));
      }
      if (b != null && b.moves()) {
        tape.keep(by.scale.name());
        terms.add(String.format("torch.mul(%s, %s)", by.scale.name(), b.tangent()));
      }
      if (by.offset.moves()) {
        terms.add(
            terms.isEmpty() ? "torch.clone(" + by.offset.tangent() + ")" : by.offset.tangent());
      }
      tape.tangent(y, terms);
    }
    return y;
  }

  /** Mean 0 and variance 1 over the last axis, then scale and offset (Ba et al. 2016). */
  public Value layerNorm(Value x, String name, double epsilon) {
    List<Integer> width = List.of(x.axis(-1));
    Value w = parameter(name + ".weight", legacy(name, "gamma"), width, Role.OFFSET, Initial.ONE);
    Value b = parameter(name + ".bias", legacy(name, "beta"), width, Role.OFFSET, Initial.ZERO);
    Value y = tape.variable(x.shape(), anyMoves(x, w, b));
    String mean = y.name() + "m";
    String root = y.name() + "r";
    tape.line(
        "%s, %s, %s = torch.native_layer_norm(%s, [%d], %s, %s, %s)",
        y.name(), mean, root, x.name(), x.axis(-1), w.name(), b.name(), epsilon);
    if (!y.moves()) {
      return y;
    }
    if (x.moves() || w.moves()) {
      tape.keep(x);
      tape.keep(mean);
      tape.keep(root);
    }
    String sum = b.moves() ? b.tangent() : null;
    if (x.moves()) {
      // Normalising has a symmetric Jacobian, so its backward pushes tangents forward, too.
      tape.tangentLine(
          "%sn, %sw, %sb = torch.native_layer_norm_backward(%s, %s, [%d], %s, %s, None, None,"
              + " [True, False, False])",
          y.tangent(), y.tangent(), y.tangent(), x.tangent(), x.name(), x.axis(-1), mean, root);
      sum = scaled(sum, y.tangent() + "n", w.name());
    }
    if (w.moves()) {
      String normalised = String.format("torch.mul(torch.sub(%s, %s), %s)", x.name(), mean, root);
      sum = scaled(sum, normalised, w.tangent());
    }
    if (!x.moves() && !w.moves()) {
      tape.keep(y.name());
      sum = String.format("torch.add(torch.zeros_like(%s), %s)", y.name(), b.tangent());
    }
    tape.tangentLine("%s = %s", y.tangent(), sum);
    return y;
  }

  private static String legacy(String name, String suffix) {
    return name.endsWith("LayerNorm") ? name + "." + suffix : null;
  }

  private static String scaled(String sum, String a, String b) {
    return sum == null
        ? String.format("torch.mul(%s, %s)", a, b)
        : String.format("torch.addcmul(%s, %s, %s)", sum, a, b);
  }

  /** Rows of a table, [length, width], that the indices [length] name. */
  public Value embedding(Value indices, Value table) {
    List<Integer> shape = List.of(indices.axis(0), table.axis(1));
    Value y =
        tape.emit(table.moves(), shape, "torch.embedding(%s, %s)", table.name(), indices.name());
    if (table.moves()) {
      tape.tangentLine(
          "%s = torch.embedding(%s, %s)", y.tangent(), table.tangent(), indices.name());
    }
    return y;
  }

  /** The first rows of a table [positions, width], as many as the sequence is long. */
  public Value firstRows(Value table, Value sequence) {
    List<Integer> shape = List.of(sequence.axis(0), table.axis(1));
    return tape.map(
        table,
        shape,
        "torch.unsqueeze(torch.slice(%s, 0, 0, torch.size(" + sequence.name() + ", 1)), 0)");
  }

  /** Tokens, each a tensor [1, 1, width], put before a sequence [length, width]. */
  public Value prepend(List<Value> tokens, Value x) {
    int length = x.axis(0) == Value.ANY ? Value.ANY : x.axis(0) + tokens.size();
    boolean moves = x.moves() || tokens.stream().anyMatch(Value::moves);
    String expand = "torch.expand(%s, [torch.size(x0, 0), -1, -1])";
    List<String> parts = new ArrayList<>();
    List<String> tangents = new ArrayList<>();
    for (Value token : tokens) {
      parts.add(String.format(expand, token.name()));
      tangents.add(
          token.moves()
              ? String.format(expand, token.tangent())
              : String.format(expand, "torch.zeros_like(" + token.name() + ")"));
    }
    parts.add(x.name());
    tangents.add(x.moves() ? x.tangent() : "torch.zeros_like(" + x.name() + ")");
    Value y = tape.emit(moves, x.with(0, length), "torch.cat([%s], 1)", String.join(", ", parts));
    if (moves) {
      if (!x.moves()) {
        tape.keep(x);
      }
      tape.tangentLine("%s = torch.cat([%s], 1)", y.tangent(), String.join(", ", tangents));
    }
    return y;
  }

  // --- attention ---------------------------------------------------------------------------------

  /**
   * Scaled dot-product attention (Vaswani et al. 2017): softmax(q k^T / sqrt(d) + mask) v for each
   * head, heads side by side again, [queries, width].
   *
   * @param q queries, [queries, width]
   * @param k keys, [positions, width]
   * @param v values, [positions, width]
   * @param mask of {@link #paddingMask}, or null when every position counts
   */
  public Value attention(Value q, Value k, Value v, int heads, Value mask) {
    int width = q.axis(-1) / heads;
    String scale = Double.toString(1 / Math.sqrt(width));
    Value queries = heads(tape.map(q, q.shape(), "torch.mul(%s, " + scale + ")"), heads);
    Value keys = heads(k, heads);
    Value scores =
        product(
            queries,
            tape.map(keys, List.of(heads, width, k.axis(0)), "torch.transpose(%s, -1, -2)"));
    Value weights = softmax(mask == null ? scores : masked(scores, mask));
    return tape.map(
        product(weights, heads(v, heads)),
        q.shape(),
        "torch.flatten(torch.transpose(%s, 1, 2), 2)");
  }

  /** Zero where a position counts, and so low that the softmax gives zero where it is padding. */
  public Value paddingMask(Value mask) {
    return tape.emit(
        false,
        List.of(1, 1, mask.axis(0)),
        "torch.mul(torch.rsub(torch.unsqueeze(torch.unsqueeze(torch.type_as(%s, w), 1), 2), 1.),"
            + " -3.4028234663852886e+38)",
        mask.name());
  }

  /** [positions, heads * d] as [heads, positions, d]. */
  private Value heads(Value x, int heads) {
    int width = x.axis(-1) / heads;
    return tape.map(
        x,
        List.of(heads, x.axis(0), width),
        "torch.contiguous(torch.transpose(torch.unflatten(%s, -1, ["
            + heads
            + ", "
            + width
            + "]), 1, 2))");
  }

  /** The matrix product over the last two axes. */
  private Value product(Value a, Value b) {
    Value y =
        tape.emit(
            anyMoves(a, b), a.with(-1, b.axis(-1)), "torch.matmul(%s, %s)", a.name(), b.name());
    List<String> terms = new ArrayList<>();
    if (a.moves()) {
      tape.keep(b);
      terms.add(String.format("torch.matmul(%s, %s)", a.tangent(), b.name()));
    }
    if (b.moves()) {
      tape.keep(a);
      terms.add(String.format("torch.matmul(%s, %s)", a.name(), b.tangent()));
    }
    if (!terms.isEmpty()) {
      tape.tangent(y, terms);
    }
    return y;
  }

  private Value masked(Value scores, Value mask) {
    Value y =
        tape.emit(scores.moves(), scores.shape(), "torch.add(%s, %s)", scores.name(), mask.name());
    if (scores.moves()) {
      tape.tangentLine("%s = %s", y.tangent(), scores.tangent());
    }
    return y;
  }

  private Value softmax(Value x) {
    Value y = tape.emit(x.moves(), x.shape(), "torch.softmax(%s, -1)", x.name());
    if (x.moves()) {
      // Its Jacobian diag(y) - y y^T is symmetric: the backward pushes tangents forward, too.
      tape.keep(y);
      tape.tangentLine(
          "%s = torch.sub(torch.mul(%s, %s), torch.mul(%s, torch.sum(torch.mul(%s, %s), [-1],"
              + " True)))",
          y.tangent(), y.name(), x.tangent(), y.name(), y.name(), x.tangent());
    }
    return y;
  }

  // --- elementwise, pooling, shape ---------------------------------------------------------------

  /** An elementwise nonlinearity. */
  public Value activation(Value x, Activation kind) {
    return kind.apply(tape, x);
  }

  /** The sum of two values, of which the second may be the same for all examples. */
  public Value add(Value x, Value y) {
    Value sum = tape.emit(anyMoves(x, y), x.shape(), "torch.add(%s, %s)", x.name(), y.name());
    if (x.moves() && y.moves()) {
      tape.tangentLine("%s = torch.add(%s, %s)", sum.tangent(), x.tangent(), y.tangent());
    } else if (x.moves()) {
      tape.tangentLine("%s = %s", sum.tangent(), x.tangent());
    } else if (y.moves()) {
      tape.keep(x);
      tape.tangentLine(
          "%s = torch.add(torch.zeros_like(%s), %s)", sum.tangent(), x.name(), y.tangent());
    }
    return sum;
  }

  /** The mean of two values of one shape. */
  public Value mean(Value x, Value y) {
    return tape.map(add(x, y), x.shape(), "torch.mul(%s, 0.5)");
  }

  /** Maxima over windows of that side, a stride apart; an edge that fills no window is dropped. */
  public Value maxPool(Value x, int size, int stride, int padding) {
    List<Integer> shape = pooled(x, size, stride, padding);
    Value y = tape.variable(shape, x.moves());
    String index = y.name() + "i";
    tape.line(
        "%s, %s = torch.max_pool2d_with_indices(%s, [%d, %d], [%d, %d], [%d, %d], [1, 1], False)",
        y.name(), index, x.name(), size, size, stride, stride, padding, padding);
    if (x.moves()) {
      tape.keep(index);
      tape.tangentLine(
          "%s = torch.reshape(torch.gather(torch.flatten(%s, 2), 2, torch.flatten(%s, 2)),"
              + " torch.size(%s))",
          y.tangent(), x.tangent(), index, index);
    }
    return y;
  }

  /** Means over windows of side {@code size} with that stride; an odd edge is dropped. */
  public Value averagePool(Value x, int size) {
    return tape.map(
        x,
        pooled(x, size, size, 0),
        String.format("torch.avg_pool2d(%%s, [%d, %d], [%d, %d])", size, size, size, size));
  }

  /** The mean over height and width, [channels]. */
  public Value globalAveragePool(Value x) {
    return tape.map(x, List.of(x.axis(0)), "torch.mean(%s, [2, 3])");
  }

  /** Every second pixel along both axes, with channels of zeros around those that are there. */
  public Value subsample(Value x, int channels) {
    int extra = channels - x.axis(0);
    List<Integer> shape = List.of(channels, half(x.axis(1)), half(x.axis(2)));
    return tape.map(
        x,
        shape,
        String.format(
            "torch.constant_pad_nd(torch.slice(torch.slice(%%s, 2, 0, None, 2), 3, 0, None, 2),"
                + " [0, 0, 0, 0, %d, %d], 0)",
            extra / 2, extra - extra / 2));
  }

  private static int half(int length) {
    return length == Value.ANY ? Value.ANY : (length + 1) / 2;
  }

  /** An image's pixels as a sequence, [height * width, channels]. */
  public Value sequence(Value x) {
    int length =
        x.axis(1) == Value.ANY || x.axis(2) == Value.ANY ? Value.ANY : x.axis(1) * x.axis(2);
    return tape.map(x, List.of(length, x.axis(0)), "torch.transpose(torch.flatten(%s, 2), 1, 2)");
  }

  /** The first positions of a sequence. */
  public Value first(Value x, int positions) {
    return tape.map(x, x.with(0, positions), "torch.slice(%s, 1, 0, " + positions + ")");
  }

  /** One position of a sequence, [width]. */
  public Value position(Value x, int position) {
    return tape.map(x, List.of(x.axis(1)), "torch.select(%s, 1, " + position + ")");
  }

  /** All of an example in one axis. */
  public Value flatten(Value x) {
    return tape.map(x, List.of(x.size()), "torch.flatten(%s, 1)");
  }

  // --- end ---------------------------------------------------------------------------------------

  /** Names a value beside the logits that users may ask for, [classes]. */
  public void output(String name, Value value) {
    outputs.put(name, value);
  }

  /** Ends the description: {@code logits} has shape (classes). */
  public Graph build(Value logits) {
    List<Parameter> moving =
        parameters.values().stream()
            .filter(p -> p.trainable() && selection.moves(p.name()))
            .toList();
    return new Graph(
        List.copyOf(parameters.values()),
        moving,
        List.copyOf(inputs),
        List.copyOf(head),
        tape,
        logits,
        outputs);
  }

  private static List<Integer> pooled(Value x, int size, int stride, int padding) {
    return List.of(
        x.axis(0),
        window(x.axis(1), size, stride, padding),
        window(x.axis(2), size, stride, padding));
  }

  private static int window(int length, int kernel, int stride, int padding) {
    if (length == Value.ANY) {
      return Value.ANY;
    }
    int positions = Math.floorDiv(length + 2 * padding - kernel, stride) + 1;
    if (positions < 1) {
      throw FipException.data(
          "an input side of %d is too small for a window of %d with padding %d",
          length, kernel, padding);
    }
    return positions;
  }

  private static boolean anyMoves(Value... values) {
    for (Value value : values) {
      if (value != null && value.moves()) {
        return true;
      }
    }
    return false;
  }

  private static String name(Value value) {
    return value == null ? "None" : value.name();
  }

  private static String tangentOrNone(Value value) {
    return value != null && value.moves() ? value.tangent() : "None";
  }
}
