package org.fip.spark.manifold;

import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.fip.core.manifold.Wire;
import scala.Function1;
import scala.collection.Iterator;

/**
 * Asks each worker for a part of a vector that it holds since a round or a leg. Where a worker has
 * moved since, the answer is empty.
 *
 * @param run the run's identifier
 * @param number of the round or leg
 * @param pieces for each worker, the part of what it holds, or null
 * @param wire how the parts travel
 */
@SuppressWarnings("ArrayRecordComponent")
record FetchTask(String run, long number, Piece[] pieces, Wire wire)
    implements Function1<Iterator<Integer>, Share>, Serializable {

  /**
   * A part of one of the vectors that a worker holds.
   *
   * @param vector which of them
   * @param from index of its first float
   * @param to index after its last
   */
  record Piece(int vector, int from, int to) implements Serializable {}

  @Override
  public Share apply(Iterator<Integer> token) {
    int worker = TaskContext.getPartitionId();
    String executor = SparkEnv.get().executorId();
    Piece piece = pieces[worker];
    float[] part = piece == null ? null : WorkerHost.of(run, worker).held(number, piece);
    return part == null ? Share.empty(executor) : Share.part(executor, part, wire);
  }
}
