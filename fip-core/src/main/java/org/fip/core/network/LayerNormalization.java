package org.fip.core.network;

import java.util.List;
import org.fip.core.network.Parameter.Initial;
import org.fip.core.network.Parameter.Role;

/** Mean 0 and variance 1 over the last axis, then scale and offset (Ba et al. 2016). */
final class LayerNormalization {
  private final Tape tape;
  private final Parameters parameters;

  LayerNormalization(Tape tape, Parameters parameters) {
    this.tape = tape;
    this.parameters = parameters;
  }

  Value apply(Value x, String name, double epsilon) {
    List<Integer> width = List.of(x.axis(-1));
    Value w =
        parameters.declare(
            name + ".weight", legacy(name, "gamma"), width, Role.OFFSET, Initial.ONE);
    Value b =
        parameters.declare(name + ".bias", legacy(name, "beta"), width, Role.OFFSET, Initial.ZERO);
    Value y = tape.variable(x.shape(), Value.anyMoves(x, w, b));
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
}
