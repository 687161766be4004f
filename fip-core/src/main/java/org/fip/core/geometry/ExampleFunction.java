package org.fip.core.geometry;

/**
 * An output function that is known for each example by itself, so that inputs can be sought on it.
 */
public interface ExampleFunction extends OutputFunction {

  /**
   * TorchScript statements that set {@code e} ([batch]) from {@code y} (logits, [batch, classes])
   * and {@code t} (the target), one statement a line without indentation.
   */
  String examples();

  @Override
  default String script() {
    return examples() + "\nl = torch.sum(e)";
  }
}
