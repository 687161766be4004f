package org.fip.core.geometry;

/**
 * An output function that is known for each example by itself, so that inputs can be sought on it.
 *
 * <p>For example the focal loss of labels (Lin et al. 2017, arXiv 1708.02002):
 *
 * <pre>{@code
 * record FocalLoss(double gamma) implements ExampleFunction {
 *   public String id() {
 *     return "focal";
 *   }
 *
 *   public String examples() {
 *     return """
 *         c = torch.cross_entropy_loss(y, t, None, 0, -100, 0.)
 *         e = torch.mul(torch.pow(torch.rsub(torch.exp(torch.neg(c)), 1), %s), c)\
 *         """.formatted(gamma);
 *   }
 * }
 * }</pre>
 */
public interface ExampleFunction extends OutputFunction {

  /**
   * TorchScript statements, as of {@link OutputFunction#script}, that set {@code e} ([batch]) in
   * place of {@code l}: the value of each example.
   */
  String examples();

  @Override
  default String script() {
    return examples() + "\nl = torch.sum(e)";
  }
}
