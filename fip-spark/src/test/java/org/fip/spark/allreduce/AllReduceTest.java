package org.fip.spark.allreduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllReduceTest {
  private static final int SUM = 5;
  private static final int BLOCK = 1 << 16;

  /** None, fewer than ranks, chunks that differ by one, and chunks of several blocks. */
  private static final int[] LENGTHS = {0, 1, 3, 1001, 5 * BLOCK + 3};

  private static Partial share(int rank, int length, int round) {
    Random random = new Random(1000L * round + rank);
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) (random.nextGaussian() * Math.exp(4 * random.nextGaussian()));
    }
    return new Partial(vector, new double[] {random.nextGaussian(), rank, 1e-9});
  }

  private static Partial total(int size, Wire wire, int length, int round) {
    List<Partial> shares = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      Partial share = share(rank, length, round);
      wire.round(share.vector(), 0, length);
      shares.add(share);
    }
    Partial total = Partial.add(shares);
    wire.round(total.vector(), 0, length);
    return total;
  }

  @ParameterizedTest
  @CsvSource({
    "1,FLOAT32",
    "2,FLOAT32",
    "3,FLOAT32",
    "4,FLOAT32",
    "5,FLOAT32",
    "2,BFLOAT16",
    "4,BFLOAT16"
  })
  void everyRankGetsTheBitsOfOneMachine(int size, Wire wire) throws Exception {
    List<List<Partial>> all =
        Group.run(
            size,
            wire,
            (rank, sums) -> {
              List<Partial> totals = new ArrayList<>();
              for (int round = 0; round < LENGTHS.length; round++) {
                totals.add(sums.sum(SUM, share(rank, LENGTHS[round], round)));
              }
              return totals;
            });
    for (List<Partial> totals : all) {
      for (int round = 0; round < LENGTHS.length; round++) {
        Partial expected = total(size, wire, LENGTHS[round], round);
        assertArrayEquals(expected.vector(), totals.get(round).vector());
        assertArrayEquals(expected.sums(), totals.get(round).sums());
      }
    }
  }

  @Test
  void theFailureOfTheLowestRankIsThatOfAll() throws Exception {
    Member failing =
        (rank, sums) -> {
          sums.sum(SUM, share(rank, 10, 0));
          throw rank == 0
              ? assertThrows(FipException.class, () -> sums.sum(SUM, share(rank, 10, 1)))
              : sums.refuse(SUM, FipException.data("rank %d fails", rank));
        };
    for (Future<Void> member : Group.start(3, Wire.FLOAT32, Limits.DEFAULT, failing)) {
      FipException failure = failure(member);
      assertEquals(Category.DATA, failure.category());
      assertEquals("rank 1 fails", failure.getMessage());
    }
  }

  private interface Member extends Group.Member<Void> {}

  private static FipException failure(Future<?> member) {
    Throwable failure = assertThrows(ExecutionException.class, member::get).getCause();
    return failure instanceof FipException known ? known : failed(failure);
  }

  private static FipException failed(Throwable failure) {
    throw new AssertionError(failure);
  }

  private static void assertLost(Future<?> member, String why) {
    FipException failure = failure(member);
    assertEquals(Category.TEMPORARY, failure.category());
    assertTrue(failure.getMessage().contains(why), failure.getMessage());
  }

  @Test
  void aRankThatEndsIsAFailureOfTheOthers() throws Exception {
    Member ending =
        (rank, sums) -> {
          sums.sum(SUM, share(rank, 10, 0));
          if (rank != 1) {
            sums.sum(SUM, share(rank, 10 * BLOCK, 1));
          }
          return null;
        };
    List<Future<Void>> members = Group.start(3, Wire.FLOAT32, Limits.DEFAULT, ending);
    assertLost(members.get(0), "in sum 2");
    assertLost(members.get(2), "in sum 2");
  }

  /** A rank that agrees to a sum and then neither sends nor closes. */
  @Test
  void aRankThatFallsSilentIsAFailureOfTheOthers() throws Exception {
    Limits limits =
        new Limits(Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofMillis(300));
    CountDownLatch lost = new CountDownLatch(1);
    Member silent =
        (rank, sums) -> {
          if (rank == 1) {
            try (AllReduce dead = sums) {
              dead.agreeOnly(SUM, share(rank, 10, 0));
              lost.await();
            }
            return null;
          }
          try {
            sums.sum(SUM, share(rank, 10, 0));
          } finally {
            lost.countDown();
          }
          return null;
        };
    assertLost(Group.start(2, Wire.FLOAT32, limits, silent).get(0), "nothing has moved for");
  }

  @ParameterizedTest
  @CsvSource({"6,10,3", "5,11,3", "5,10,2"})
  void ranksThatSumDifferentThingsFail(int kind, int length, int scalars) throws Exception {
    Member differing =
        (rank, sums) -> {
          if (rank == 0) {
            sums.sum(SUM, share(rank, 10, 0));
          } else {
            sums.sum(kind, new Partial(new float[length], new double[scalars]));
          }
          return null;
        };
    assertLost(Group.start(2, Wire.FLOAT32, Limits.DEFAULT, differing).get(0), "rank 1");
  }
}
