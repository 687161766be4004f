package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.scheduler.ExecutorCacheTaskLocation;
import org.apache.spark.scheduler.TaskLocation$;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final Executor A = new Executor("0", "a", 2);
  private static final Executor B = new Executor("1", "b", 2);
  private static final Executor C = new Executor("2", "c", 2);

  @Test
  void workersStayWhileTheirExecutorsLive() {
    Placement placement = new Placement(List.of(A, B));
    assertFalse(placement.update(List.of(A, B)));
    assertFalse(placement.update(List.of(C, B, A)));
    assertEquals(List.of(A, B), placement.executors());
  }

  @Test
  void aWorkerWhoseExecutorIsLostGoesToTheEmptiest() {
    Placement placement = new Placement(List.of(A, B));
    assertTrue(placement.update(List.of(B)));
    assertEquals(List.of(B, B), placement.executors());
    Placement replaced = new Placement(List.of(A, B));
    assertTrue(replaced.update(List.of(B, C)));
    assertEquals(List.of(C, B), replaced.executors());
  }

  @Test
  void aLaterExecutorRelievesOneThatHasSeveral() {
    Placement placement = new Placement(List.of(A, B));
    placement.update(List.of(B));
    assertTrue(placement.update(List.of(B, C)));
    assertEquals(List.of(C, B), placement.executors());
    assertFalse(placement.update(List.of(B, C)));
  }

  @Test
  void nothingMovesWhenNoExecutorIsLeft() {
    Placement placement = new Placement(List.of(A, B));
    assertFalse(placement.update(List.of()));
    assertEquals(List.of(A, B), placement.executors());
  }

  @Test
  void sparkReadsALocationAsThatExecutor() {
    Executor executor = new Executor("12", "host_of_a_container", 1);
    var location = TaskLocation$.MODULE$.apply(executor.location());
    assertEquals("12", ((ExecutorCacheTaskLocation) location).executorId());
  }
}
