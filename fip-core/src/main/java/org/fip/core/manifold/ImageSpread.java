package org.fip.core.manifold;

import java.util.SplittableRandom;
import org.fip.core.objective.Widening;

/**
 * How each image of a mini-batch is widened.
 *
 * @param partners rows mixed in, or null
 * @param shares share of the row itself in the mixture, [rows], or null
 * @param down pixels each image moves down; null when images neither move nor are mirrored
 * @param right pixels each image moves right, or null
 * @param mirrored which images are mirrored before they move, or null
 */
@SuppressWarnings("ArrayRecordComponent")
record ImageSpread(int[] partners, float[] shares, int[] down, int[] right, boolean[] mirrored) {

  static ImageSpread of(Draw draw) {
    int n = draw.rows().length;
    Widening widening = draw.widening();
    int shift = widening.shift();
    boolean moves = shift > 0 || widening.flip();
    int[] partners = widening.mixture() ? new int[n] : null;
    float[] shares = widening.mixture() ? new float[n] : null;
    int[] down = moves ? new int[n] : null;
    int[] right = moves ? new int[n] : null;
    boolean[] mirrored = moves ? new boolean[n] : null;
    for (int i = 0; i < n; i++) {
      SplittableRandom random = draw.random(i);
      if (partners != null) {
        partners[i] = random.nextInt(draw.drawable());
        shares[i] = (float) random.nextDouble();
      }
      if (shift > 0) {
        down[i] = random.nextInt(-shift, shift + 1);
        right[i] = random.nextInt(-shift, shift + 1);
      }
      if (widening.flip()) {
        mirrored[i] = random.nextBoolean();
      }
    }
    return new ImageSpread(partners, shares, down, right, mirrored);
  }
}
