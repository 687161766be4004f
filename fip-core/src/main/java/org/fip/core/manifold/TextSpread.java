package org.fip.core.manifold;

import java.util.SplittableRandom;
import org.fip.core.objective.Widening;

/**
 * How each text of a mini-batch is widened: a span of its tokens comes from another text, and some
 * tokens are hidden from the network. The first and the last token, which tokenizers add, stay as
 * they are.
 */
final class TextSpread {
  private final int[] partners;
  private final int[] targets;
  private final int[] sources;
  private final int[] counts;
  private final boolean[][] hidden;

  private TextSpread(int n) {
    partners = new int[n];
    targets = new int[n];
    sources = new int[n];
    counts = new int[n];
    hidden = new boolean[n][];
  }

  /**
   * Draws for a mini-batch.
   *
   * @param lengths for each row of the block the position after its last token
   */
  static TextSpread of(Draw draw, int[] lengths) {
    int n = draw.rows().length;
    Widening widening = draw.widening();
    TextSpread spread = new TextSpread(n);
    for (int i = 0; i < n; i++) {
      SplittableRandom random = draw.random(i);
      int inner = Math.max(0, lengths[draw.rows()[i]] - 2);
      if (widening.spanMixing()) {
        int partner = random.nextInt(draw.drawable());
        spread.drawSpan(i, partner, inner, Math.max(0, lengths[partner] - 2), random);
      }
      spread.hidden[i] = hidden(inner, widening.tokenDropout(), random);
    }
    return spread;
  }

  private void drawSpan(int i, int partner, int inner, int others, SplittableRandom random) {
    partners[i] = partner;
    counts[i] = random.nextInt(Math.min(inner, others) + 1);
    targets[i] = 1 + random.nextInt(inner - counts[i] + 1);
    sources[i] = 1 + random.nextInt(others - counts[i] + 1);
  }

  private static boolean[] hidden(int inner, double most, SplittableRandom random) {
    boolean[] hidden = new boolean[inner];
    double share = most * random.nextDouble();
    for (int j = 0; j < inner; j++) {
      hidden[j] = random.nextDouble() < share;
    }
    return hidden;
  }

  /** Rows that spans are taken from. */
  int[] partners() {
    return partners;
  }

  /**
   * Replaces the spans.
   *
   * @param ids token ids, [n, width]
   * @param others those of the partners, [n, otherWidth]
   */
  void mix(long[] ids, int width, long[] others, int otherWidth) {
    for (int i = 0; i < partners.length; i++) {
      System.arraycopy(others, i * otherWidth + sources[i], ids, i * width + targets[i], counts[i]);
    }
  }

  /** Hides tokens: zeros in the mask [n, width]. */
  void hide(long[] mask, int width) {
    for (int i = 0; i < hidden.length; i++) {
      for (int j = 0; j < hidden[i].length; j++) {
        if (hidden[i][j]) {
          mask[i * width + 1 + j] = 0;
        }
      }
    }
  }
}
