package org.fip.core.sparsity;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import org.fip.core.network.Graph;
import org.fip.core.network.WeightLayout.Slot;

/** Where zeros may lie. */
public interface Pattern {

  /**
   * What may be removed of a network.
   *
   * @param counted the tensors that may get zeros, with the offsets that belong to them
   */
  Units units(Graph graph, List<Slot> counted);

  /** The share of zeros that the pattern itself says, if it does. */
  default Optional<Double> share() {
    return Optional.empty();
  }

  /** How it lies along the axes of a tensor, one sentence. */
  String definition();

  /** The name in recipes. */
  String label();

  /** What {@link #parse} takes, for messages. */
  String EXPECTED =
      "unstructured, N:M with 1 <= N < M (N of M neighbours stay, for example 2:4), block or"
          + " block:RxC (for example block:4x1), or channel";

  /** The pattern of a name; empty when there is none. */
  static Optional<Pattern> parse(String name) {
    Matcher nOfM = NofM.NAME.matcher(name);
    if (nOfM.matches()) {
      int n = Integer.parseInt(nOfM.group(1));
      int m = Integer.parseInt(nOfM.group(2));
      return n >= 1 && n < m ? Optional.of(new NofM(n, m)) : Optional.empty();
    }
    Matcher block = Block.NAME.matcher(name);
    if (block.matches()) {
      int rows = Integer.parseInt(block.group(1));
      int columns = Integer.parseInt(block.group(2));
      return rows >= 1 && columns >= 1 ? Optional.of(new Block(rows, columns)) : Optional.empty();
    }
    return switch (name) {
      case "unstructured" -> Optional.of(new Unstructured());
      case "block" -> Optional.of(new Block(4, 1));
      case "channel" -> Optional.of(new Channel());
      default -> Optional.empty();
    };
  }
}
