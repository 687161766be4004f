package org.fip.core.manifold;

import java.util.SplittableRandom;
import org.fip.core.objective.Widening;

/**
 * How each text of a mini-batch is widened: a span of its tokens comes from another text, some
 * tokens are substituted, and some are hidden from the network. The first and the last token, which
 * tokenizers add, stay as they are.
 */
final class TextSpread {
  private final int[] partners;
  private final int[] targets;
  private final int[] sources;
  private final int[] counts;
  private final boolean[][] hidden;

  /** For each row and inner position the token that comes there, or -1. */
  private final long[][] substituted;

  private TextSpread(int n) {
    partners = new int[n];
    targets = new int[n];
    sources = new int[n];
    counts = new int[n];
    hidden = new boolean[n][];
    substituted = new long[n][];
  }

  /**
   * Draws for a mini-batch.
   *
   * @param lengths for each row of the block the position after its last token
   * @param substitutes the tokens that are drawn from; without any none is substituted
   */
  static TextSpread of(Draw draw, int[] lengths, long[] substitutes) {
    int n = draw.rows().length;
    Widening.Texts widening = draw.widening().texts();
    TextSpread spread = new TextSpread(n);
    for (int i = 0; i < n; i++) {
      SplittableRandom random = draw.random(i);
      int inner = Math.max(0, lengths[draw.rows()[i]] - 2);
      if (widening.spanMixing()) {
        int partner = random.nextInt(draw.drawable());
        spread.drawSpan(i, partner, inner, Math.max(0, lengths[partner] - 2), random);
      }
      spread.hidden[i] = chosen(inner, widening.dropout(), random);
      double share = substitutes.length == 0 ? 0 : widening.substitution();
      spread.substituted[i] = substituted(chosen(inner, share, random), substitutes, random);
    }
    return spread;
  }

  private void drawSpan(int i, int partner, int inner, int others, SplittableRandom random) {
    partners[i] = partner;
    counts[i] = random.nextInt(Math.min(inner, others) + 1);
    targets[i] = 1 + random.nextInt(inner - counts[i] + 1);
    sources[i] = 1 + random.nextInt(others - counts[i] + 1);
  }

  private static boolean[] chosen(int inner, double most, SplittableRandom random) {
    boolean[] chosen = new boolean[inner];
    double share = most * random.nextDouble();
    for (int j = 0; j < inner; j++) {
      chosen[j] = random.nextDouble() < share;
    }
    return chosen;
  }

  private static long[] substituted(boolean[] chosen, long[] substitutes, SplittableRandom random) {
    long[] substituted = new long[chosen.length];
    for (int j = 0; j < chosen.length; j++) {
      substituted[j] = chosen[j] ? substitutes[random.nextInt(substitutes.length)] : -1;
    }
    return substituted;
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

  /** Substitutes tokens in the ids [n, width]. */
  void substitute(long[] ids, int width) {
    for (int i = 0; i < substituted.length; i++) {
      for (int j = 0; j < substituted[i].length; j++) {
        if (substituted[i][j] >= 0) {
          ids[i * width + 1 + j] = substituted[i][j];
        }
      }
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
