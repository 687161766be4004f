package org.fip.core.network;

import java.util.ArrayList;
import java.util.List;
import org.fip.core.network.Parameter.Initial;
import org.fip.core.network.Parameter.Role;

/** Linear layers and convolutions: maps that are linear in the input and affine in the weights. */
final class AffineLayers {
  private final Tape tape;
  private final Parameters parameters;
  private final List<NormalizedLayer> normalized = new ArrayList<>();

  AffineLayers(Tape tape, Parameters parameters) {
    this.tape = tape;
    this.parameters = parameters;
  }

  /** x W^T + b over the last axis, b only if there is one. */
  Value linear(Value x, String name, int outputs, boolean bias) {
    List<Integer> sides = List.of(outputs, x.axis(-1));
    Value w = parameters.declare(name + ".weight", sides, Role.WEIGHT, Initial.FAN_IN);
    Value b =
        bias
            ? parameters.declare(name + ".bias", List.of(outputs), Role.OFFSET, Initial.FAN_IN)
            : null;
    Value y =
        tape.emit(
            Value.anyMoves(x, w, b),
            x.with(-1, outputs),
            "torch.linear(%s, %s, %s)",
            x.name(),
            w.name(),
            Value.nameOrNone(b));
    if (w.moves()) {
      tape.keep(x);
    }
    if (w.moves() && x.moves() && x.shape().size() == 1) {
      tape.tangentLine(
          "%s = torch.addmm(torch.linear(%s, %s, %s), %s, torch.t(%s))",
          y.tangent(), x.name(), w.tangent(), Value.tangentOrNone(b), x.tangent(), w.name());
      return y;
    }
    bilinear(y, "torch.linear(%s, %s, %s)", x, w, b, "");
    return y;
  }

  /** A two-dimensional convolution of a (channels, height, width) value. */
  Value convolution(Value x, Convolution spec) {
    List<Integer> sides =
        List.of(spec.outputs(), x.axis(0), spec.rows().size(), spec.columns().size());
    Value w = parameters.declare(spec.name() + ".weight", sides, Role.WEIGHT, Initial.FAN_IN);
    Value b =
        spec.bias()
            ? parameters.declare(
                spec.name() + ".bias", List.of(spec.outputs()), Role.OFFSET, Initial.FAN_IN)
            : null;
    boolean renormalizable = false;
    if (spec.normalization() != null) {
      Scaling scaling = scaling(spec);
      renormalizable = scaling.scale.moves() && scaling.offset.moves();
      Value folded = fold(w, scaling);
      b = foldOffset(b, scaling);
      w = folded;
    }
    List<Integer> shape =
        List.of(spec.outputs(), spec.rows().places(x.axis(1)), spec.columns().places(x.axis(2)));
    String rest =
        String.format(
            ", [%d, %d], [%d, %d]",
            spec.rows().stride(),
            spec.columns().stride(),
            spec.rows().padding(),
            spec.columns().padding());
    Value y =
        tape.emit(
            Value.anyMoves(x, w, b),
            shape,
            "torch.conv2d(%s, %s, %s%s)",
            x.name(),
            w.name(),
            Value.nameOrNone(b),
            rest);
    if (renormalizable) {
      String name = spec.normalization().name();
      normalized.add(
          new NormalizedLayer(y, tape.primal().size(), name + ".weight", name + ".bias"));
    }
    if (w.moves()) {
      tape.keep(x);
    }
    bilinear(y, "torch.conv2d(%s, %s, %s)", x, w, b, rest);
    return y;
  }

  /** Convolutions with batch normalisations that move, in their order. */
  List<NormalizedLayer> normalized() {
    return List.copyOf(normalized);
  }

  /** Scale a = gamma / sqrt(variance + epsilon), offset beta and mean, each [channels]. */
  private record Scaling(Value scale, Value offset, Value mean) {}

  private Scaling scaling(Convolution spec) {
    List<Integer> channels = List.of(spec.outputs());
    String prefix = spec.normalization().name();
    Value gamma = parameters.declare(prefix + ".weight", channels, Role.OFFSET, Initial.ONE);
    Value beta = parameters.declare(prefix + ".bias", channels, Role.OFFSET, Initial.ZERO);
    Value mean =
        parameters.declare(prefix + ".running_mean", channels, Role.CONSTANT, Initial.ZERO);
    Value variance =
        parameters.declare(prefix + ".running_var", channels, Role.CONSTANT, Initial.ONE);
    Value root =
        tape.emit(
            false,
            channels,
            "torch.rsqrt(torch.add(%s, %s))",
            variance.name(),
            spec.normalization().epsilon());
    Value scale =
        tape.emit(gamma.moves(), channels, "torch.mul(%s, %s)", gamma.name(), root.name());
    if (gamma.moves()) {
      tape.keep(root.name());
      tape.tangentLine("%s = torch.mul(%s, %s)", scale.tangent(), gamma.tangent(), root.name());
    }
    return new Scaling(scale, beta, mean);
  }

  /** Each output channel's kernel times its scale. */
  private Value fold(Value w, Scaling by) {
    String perChannel = "torch.view(%s, [-1, 1, 1, 1])";
    String scale = String.format(perChannel, by.scale.name());
    Value y =
        tape.emit(Value.anyMoves(w, by.scale), w.shape(), "torch.mul(%s, %s)", w.name(), scale);
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
  private Value foldOffset(Value b, Scaling by) {
    Value centred =
        b == null
            ? tape.emit(false, by.mean.shape(), "torch.neg(%s)", by.mean.name())
            : tape.emit(b.moves(), by.mean.shape(), "torch.sub(%s, %s)", b.name(), by.mean.name());
    Value y =
        tape.emit(
            Value.anyMoves(by.offset, by.scale, b),
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

  /**
   * The tangent of y = f(x, w) + b for a bilinear f: f(x, dw) + f(dx, w) + db, where each half
   * takes the bias along if it can.
   */
  private void bilinear(Value y, String function, Value x, Value w, Value b, String rest) {
    List<String> terms = new ArrayList<>();
    String offset = Value.tangentOrNone(b);
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
}
