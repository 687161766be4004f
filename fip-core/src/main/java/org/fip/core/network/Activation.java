package org.fip.core.network;

/** Elementwise nonlinearities. */
public enum Activation {
  /** max(x, 0). */
  RELU("torch.relu(%s)", true, "torch.threshold_backward(%s, %s, 0)"),
  /** Hyperbolic tangent. */
  TANH("torch.tanh(%s)", true, "torch.tanh_backward(%s, %s)"),
  /** x times the normal distribution function, exactly (Hendrycks and Gimpel 2016). */
  GELU(
      "torch.gelu(%s, approximate=\"none\")",
      false, "torch.gelu_backward(%s, %s, approximate=\"none\")"),
  /** The same with the approximation by a hyperbolic tangent. */
  GELU_TANH(
      "torch.gelu(%s, approximate=\"tanh\")",
      false, "torch.gelu_backward(%s, %s, approximate=\"tanh\")"),
  /** x times the logistic function, also called swish. */
  SILU("torch.silu(%s)", false, "torch.silu_backward(%s, %s)");

  private final String primal;
  private final boolean readsOutput;
  private final String tangent;

  Activation(String primal, boolean readsOutput, String tangent) {
    this.primal = primal;
    this.readsOutput = readsOutput;
    this.tangent = tangent;
  }

  Value apply(Tape tape, Value x) {
    Value y = tape.emit(x.moves(), x.shape(), primal, x.name());
    if (x.moves()) {
      // An elementwise map's Jacobian is diagonal, so its backward is its forward derivative.
      Value read = readsOutput ? y : x;
      tape.keep(read);
      tape.tangentLine(y.tangent() + " = " + tangent, x.tangent(), read.name());
    }
    return y;
  }
}
