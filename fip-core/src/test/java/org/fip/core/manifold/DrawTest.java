package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.fip.core.data.EncodedExamples;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Widening;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawTest {
  private static final int ROWS = 5000;

  private static EncodedExamples rows() {
    return TinyNetwork.images("rows", ROWS, 2);
  }

  @ParameterizedTest
  @CsvSource({"32, 64", "32, 48", "128, 48", "128, 96", "100, 3", "64, 4", "7, 1"})
  void rowsOfADividedSetComeAsOftenWhateverTheBatch(int batch, int shards) {
    List<ShardData> parts = ShardData.divide(rows(), shards, 3);
    EpochOrders[] orders = new EpochOrders[shards];
    int epochs = 4;
    int steps = epochs * ROWS / batch;
    int[][] drawn = new int[shards][];
    for (int shard = 0; shard < shards; shard++) {
      orders[shard] = new EpochOrders(5);
      drawn[shard] = new int[parts.get(shard).own()];
    }
    for (int step = 0; step < steps; step++) {
      int taken = 0;
      Set<Long> streams = new HashSet<>();
      for (int shard = 0; shard < shards; shard++) {
        Draw draw =
            Draw.of(
                new Batch("rows", batch, Widening.images(true, 1)),
                parts.get(shard),
                orders[shard],
                step,
                shard,
                shards);
        taken += draw.rows().length;
        for (int row : draw.rows()) {
          drawn[shard][row]++;
        }
        Arrays.stream(draw.streams()).forEach(streams::add);
      }
      assertEquals(batch, taken);
      assertEquals(batch, streams.size(), "each row is widened by numbers of its own");
    }
    for (int[] ofShard : drawn) {
      for (int times : ofShard) {
        assertTrue(Math.abs(times - epochs) <= 1, times + " times in " + epochs + " epochs");
      }
    }
  }
}
