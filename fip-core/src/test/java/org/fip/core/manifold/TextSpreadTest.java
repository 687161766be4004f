package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fip.core.objective.Widening;
import org.junit.jupiter.api.Test;

class TextSpreadTest {
  private static final int WIDTH = 12;

  /** Positions after the last tokens of the block's texts; one has no token but the added ones. */
  private static final int[] LENGTHS = {12, 7, 2, 1, 9};

  private static final long[] NO_TOKENS = {};

  private static Draw draw(int n, double dropout, boolean mixing, long seed) {
    return draw(n, dropout, mixing, 0, seed);
  }

  private static Draw draw(int n, double dropout, boolean mixing, double substitution, long seed) {
    int[] rows = new int[n];
    long[] streams = new long[n];
    for (int i = 0; i < n; i++) {
      rows[i] = i % LENGTHS.length;
      streams[i] = Seeds.seed(seed, i);
    }
    Widening widening =
        new Widening(true, 3, true, new Widening.Texts(dropout, mixing, substitution, null));
    return new Draw(rows, n, widening, LENGTHS.length, streams);
  }

  /** Token ids that say which text and position they are of; 0 is padding. */
  private static long[] ids(int... rows) {
    long[] ids = new long[rows.length * WIDTH];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < LENGTHS[rows[i]]; j++) {
        ids[i * WIDTH + j] = 100L * (rows[i] + 1) + j;
      }
    }
    return ids;
  }

  @Test
  void aSpanOfEachTextComesInOneAndInOrderFromItsPartner() {
    int n = 500;
    Draw draw = draw(n, 0, true, 1);
    TextSpread spread = TextSpread.of(draw, LENGTHS, NO_TOKENS);
    long[] before = ids(draw.rows());
    long[] mixed = before.clone();
    spread.mix(mixed, WIDTH, ids(spread.partners()), WIDTH);
    int[] replaced = new int[LENGTHS.length];
    for (int i = 0; i < n; i++) {
      int row = draw.rows()[i];
      int partner = spread.partners()[i];
      int last = LENGTHS[row] - 1;
      long previous = -1;
      int count = 0;
      for (int j = 0; j < WIDTH; j++) {
        long id = mixed[i * WIDTH + j];
        if (id == before[i * WIDTH + j]) {
          continue;
        }
        assertTrue(j > 0 && j < last, "position " + j + " of row " + row);
        assertEquals(partner + 1, id / 100);
        long source = id % 100;
        assertTrue(source > 0 && source < LENGTHS[partner] - 1, "source " + source);
        assertTrue(previous < 0 || source == previous + 1, "a span in one piece");
        previous = source;
        count++;
      }
      replaced[row] += count;
    }
    assertTrue(replaced[0] > n / 10 && replaced[1] > n / 10, Arrays.toString(replaced));
    assertEquals(0, replaced[2] + replaced[3], "texts without tokens of their own");
  }

  @Test
  void tokensAreHiddenButForTheFirstAndTheLast() {
    int n = 2000;
    Draw draw = draw(n, 0.5, false, 2);
    long[] mask = new long[n * WIDTH];
    Arrays.fill(mask, 1);
    TextSpread.of(draw, LENGTHS, NO_TOKENS).hide(mask, WIDTH);
    int[] hidden = new int[WIDTH];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < WIDTH; j++) {
        if (mask[i * WIDTH + j] == 0) {
          assertTrue(j > 0 && j < LENGTHS[draw.rows()[i]] - 1, "position " + j);
          hidden[j]++;
        }
      }
    }
    // Position 1 is inner in three texts of five; the mean share is half of the largest.
    assertEquals(0.25, hidden[1] / (0.6 * n), 0.03);
  }

  @Test
  void theSameStreamsGiveTheSameTextsWhateverTheSlice() {
    Draw draw = draw(40, 0.4, true, 0.5, 3);
    long[] tokens = {7001, 7002, 7003};
    long[] whole = ids(draw.rows());
    TextSpread spread = TextSpread.of(draw, LENGTHS, tokens);
    spread.mix(whole, WIDTH, ids(spread.partners()), WIDTH);
    spread.substitute(whole, WIDTH);
    Draw part = draw.slice(10, 30);
    long[] half = ids(part.rows());
    TextSpread again = TextSpread.of(part, LENGTHS, tokens);
    again.mix(half, WIDTH, ids(again.partners()), WIDTH);
    again.substitute(half, WIDTH);
    assertArrayEquals(Arrays.copyOfRange(whole, 10 * WIDTH, 30 * WIDTH), half);
  }

  @Test
  void tokensAreSubstitutedByTheOnesGivenButForTheFirstAndTheLast() {
    int n = 2000;
    Draw draw = draw(n, 0, false, 0.6, 4);
    long[] before = ids(draw.rows());
    long[] after = before.clone();
    TextSpread.of(draw, LENGTHS, new long[] {7001, 7002, 7002, 7002}).substitute(after, WIDTH);
    int[] substituted = new int[WIDTH];
    int rare = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < WIDTH; j++) {
        long id = after[i * WIDTH + j];
        if (id != before[i * WIDTH + j]) {
          assertTrue(j > 0 && j < LENGTHS[draw.rows()[i]] - 1, "position " + j);
          assertTrue(id == 7001 || id == 7002, "token " + id);
          substituted[j]++;
          rare += id == 7001 ? 1 : 0;
        }
      }
    }
    // Position 1 is inner in three texts of five; the mean share is half of the largest.
    assertEquals(0.3, substituted[1] / (0.6 * n), 0.03);
    assertEquals(0.25, rare / (double) Arrays.stream(substituted).sum(), 0.03, "drawn evenly");
  }
}
