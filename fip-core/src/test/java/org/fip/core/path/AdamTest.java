package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AdamTest {

  /** Moves of torch.optim.Adam, lr 0.1, for gradients 1, -2, 0.5 of one weight. */
  private static final double[] MOVES = {0.1, -0.036610, -0.013669};

  @Test
  void movesAreThoseOfTheReference() {
    PathState state = new PathState(new float[1]);
    double[] gradients = {1, -2, 0.5};
    for (int i = 0; i < gradients.length; i++) {
      double m = 0;
      double v = 0;
      for (int j = 0; j <= i; j++) {
        m = 0.9 * m + 0.1 * gradients[j];
        v = 0.999 * v + 0.001 * gradients[j] * gradients[j];
      }
      double expected =
          0.1 * m / (1 - Math.pow(0.9, i + 1)) / Math.sqrt(v / (1 - Math.pow(0.999, i + 1)));
      assertEquals(MOVES[i], expected, 1e-6, "the reference, step " + i);
      Adam adam = Adam.update(state, new float[] {(float) gradients[i]}, 0);
      assertEquals(expected, 0.1 * adam.mean(0) / adam.scale(0), 1e-6, "step " + i);
      state.advance();
    }
  }

  @Test
  void aNewStretchStartsFromZeroMoments() {
    PathState fresh = new PathState(new float[1]);
    Adam.update(fresh, new float[] {3}, 0);
    PathState old = new PathState(7, new float[1]);
    old.vector(Adam.FIRST)[0] = 5;
    old.vector(Adam.SECOND)[0] = 6;
    Adam adam = Adam.update(old, new float[] {3}, 7);
    assertEquals(3, adam.mean(0), 1e-6);
    assertEquals(fresh.vector(Adam.FIRST)[0], old.vector(Adam.FIRST)[0]);
    assertEquals(fresh.vector(Adam.SECOND)[0], old.vector(Adam.SECOND)[0]);
  }
}
