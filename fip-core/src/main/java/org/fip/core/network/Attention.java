package org.fip.core.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Scaled dot-product attention (Vaswani et al. 2017), written out, because the engine's fused
 * kernel has no tangent.
 */
final class Attention {
  private final Tape tape;

  Attention(Tape tape) {
    this.tape = tape;
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
  Value apply(Value q, Value k, Value v, int heads, Value mask) {
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
  Value paddingMask(Value mask) {
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
            Value.anyMoves(a, b),
            a.with(-1, b.axis(-1)),
            "torch.matmul(%s, %s)",
            a.name(),
            b.name());
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
}
