package org.fip.core.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
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
  private final Map<String, List<Integer>> sizes;
  private final Parameters parameters;
  private final List<Input> inputs = new ArrayList<>();
  private final List<String> head = new ArrayList<>();
  private final List<Value> hidden = new ArrayList<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final Tape tape = new Tape();
  private final AffineLayers affine;
  private final LayerNormalization normalization;
  private final Attention attention = new Attention(tape);
  private final Channels channels = new Channels();

  /**
   * An empty graph.
   *
   * @param selection which tensors move
   * @param sizes shapes of examples by input, as far as they are known beyond the configuration
   */
  GraphBuilder(TensorSelection selection, Map<String, List<Integer>> sizes) {
    this.sizes = sizes;
    parameters = new Parameters(selection);
    affine = new AffineLayers(tape, parameters);
    normalization = new LayerNormalization(tape, parameters);
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
    return parameters.declare(name, List.of(shape), Role.EMBEDDING, Initial.NORMAL);
  }

  // --- layers ------------------------------------------------------------------------------------

  /** x W^T + b over the last axis, with the tensors {@code name.weight} and {@code name.bias}. */
  public Value linear(Value x, String name, int outputs) {
    return linear(x, name, outputs, true);
  }

  /** x W^T + b over the last axis, b only if there is one. */
  public Value linear(Value x, String name, int outputs, boolean bias) {
    return layer(x, name, outputs, affine.linear(x, name, outputs, bias), null);
  }

  /** Notes which channels a layer reads, and that it makes others. */
  private Value layer(Value x, String name, int outputs, Value y, String normalization) {
    Parameter weight = parameters.find(name + ".weight");
    channels.read(x, weight);
    Stream<Parameter> others =
        normalization == null
            ? Stream.of(parameters.find(name + ".bias"))
            : Stream.of(
                parameters.find(name + ".bias"),
                parameters.find(normalization + ".weight"),
                parameters.find(normalization + ".bias"),
                parameters.find(normalization + ".running_mean"),
                parameters.find(normalization + ".running_var"));
    channels.make(
        y,
        name,
        outputs,
        Stream.concat(Stream.of(weight), others)
            .filter(Objects::nonNull)
            .toArray(Parameter[]::new));
    return y;
  }

  /** A two-dimensional convolution of a (channels, height, width) value. */
  public Value convolution(Value x, Convolution spec) {
    String normalization = spec.normalization() == null ? null : spec.normalization().name();
    return layer(x, spec.name(), spec.outputs(), affine.convolution(x, spec), normalization);
  }

  /** Mean 0 and variance 1 over the last axis, then scale and offset (Ba et al. 2016). */
  public Value layerNorm(Value x, String name, double epsilon) {
    channels.end(x);
    return normalization.apply(x, name, epsilon);
  }

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
    Value y = attention.apply(q, k, v, heads, mask);
    channels.attend(q, k, v, heads, y);
    return y;
  }

  /** Zero where a position counts, and so low that the softmax gives zero where it is padding. */
  public Value paddingMask(Value mask) {
    return attention.paddingMask(mask);
  }

  /** The last layer: a linear one whose outputs are the classes, so that it can grow. */
  public Value classifier(Value x, String name, int classes) {
    Value y = linear(x, name, classes);
    head.add(name + ".weight");
    head.add(name + ".bias");
    return y;
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
    channels.end(x);
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

  // --- elementwise, pooling, shape ---------------------------------------------------------------

  /** An elementwise nonlinearity. */
  public Value activation(Value x, Activation kind) {
    Value y = kind.apply(tape, x);
    if (y.moves()) {
      hidden.add(y);
    }
    return channels.pass(x, y);
  }

  /** The sum of two values, of which the second may be the same for all examples. */
  public Value add(Value x, Value y) {
    channels.end(x, y);
    Value sum = tape.emit(Value.anyMoves(x, y), x.shape(), "torch.add(%s, %s)", x.name(), y.name());
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
    return channels.pass(x, y);
  }

  /** Means over windows of side {@code size} with that stride; an odd edge is dropped. */
  public Value averagePool(Value x, int size) {
    return channels.pass(
        x,
        tape.map(
            x,
            pooled(x, size, size, 0),
            String.format("torch.avg_pool2d(%%s, [%d, %d], [%d, %d])", size, size, size, size)));
  }

  /** The mean over height and width, [channels]. */
  public Value globalAveragePool(Value x) {
    return channels.pass(x, tape.map(x, List.of(x.axis(0)), "torch.mean(%s, [2, 3])"));
  }

  /** Every second pixel along both axes, with channels of zeros around those that are there. */
  public Value subsample(Value x, int padded) {
    channels.end(x);
    int extra = padded - x.axis(0);
    List<Integer> shape = List.of(padded, half(x.axis(1)), half(x.axis(2)));
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
    return channels.pass(
        x, tape.map(x, List.of(length, x.axis(0)), "torch.transpose(torch.flatten(%s, 2), 1, 2)"));
  }

  /** The first positions of a sequence. */
  public Value first(Value x, int positions) {
    return channels.pass(
        x, tape.map(x, x.with(0, positions), "torch.slice(%s, 1, 0, " + positions + ")"));
  }

  /** One position of a sequence, [width]. */
  public Value position(Value x, int position) {
    return channels.pass(
        x, tape.map(x, List.of(x.axis(1)), "torch.select(%s, 1, " + position + ")"));
  }

  /** All of an example, [channels, height, width], in one axis. */
  public Value flatten(Value x) {
    Value y = tape.map(x, List.of(x.size()), "torch.flatten(%s, 1)");
    return channels.pass(x, y, x.size() / x.axis(0));
  }

  // --- end ---------------------------------------------------------------------------------------

  /** Names a value beside the logits that users may ask for, [classes]. */
  public void output(String name, Value value) {
    channels.end(value);
    outputs.put(name, value);
  }

  /** Ends the description: {@code logits} has shape (classes). */
  public Graph build(Value logits) {
    channels.end(logits);
    return new Graph(
        parameters.all(),
        parameters.moving(),
        List.copyOf(inputs),
        List.copyOf(head),
        channels.groups(),
        tape,
        logits,
        List.copyOf(hidden),
        affine.normalized(),
        outputs);
  }

  private static List<Integer> pooled(Value x, int size, int stride, int padding) {
    Convolution.Axis axis = new Convolution.Axis(size, stride, padding);
    return List.of(x.axis(0), axis.places(x.axis(1)), axis.places(x.axis(2)));
  }
}
