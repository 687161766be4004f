package org.fip.spark.manifold;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Origins;
import org.fip.core.manifold.Wire;
import org.fip.core.manifold.Worker;
import org.fip.core.path.Itinerary;
import org.fip.core.path.PathState;
import org.fip.core.path.Walk;
import org.fip.core.path.Waypoint;
import org.fip.spark.allreduce.AllReduce;
import org.fip.spark.allreduce.Limits;
import org.fip.spark.allreduce.Mesh;
import org.fip.spark.allreduce.Ports;
import org.fip.spark.allreduce.Secret;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One leg of a walk as the executors get it: a barrier task for each worker, all of which walk in
 * step, sum among themselves, and come to the same state.
 *
 * @param run the run's identifier
 * @param number the leg's number among the rounds of the run
 * @param itinerary what is walked
 * @param origins the networks that points are compared with
 * @param start where the leg starts
 * @param to the step at which it ends
 * @param data what each worker is built from
 * @param secret by which the ranks know one another
 * @param wire how shares and totals travel
 * @param steps where the first rank notes its steps
 */
record LegTask(
    String run,
    long number,
    Itinerary itinerary,
    Origins origins,
    LegStart start,
    long to,
    List<Broadcast<WorkerData>> data,
    Secret secret,
    Wire wire,
    StageProgress.Steps steps)
    implements Function1<Iterator<Integer>, Iterator<LegAnswer>>, Serializable {

  /** Vectors of different legs, and those of the driver, have different numbers. */
  private static final int VECTORS_PER_LEG_BITS = 32;

  private static final Walk.Listener NOBODY = new Walk.Listener() {};

  @Override
  public Iterator<LegAnswer> apply(Iterator<Integer> token) {
    return CollectionConverters.asScala(List.of(answer()).iterator());
  }

  private LegAnswer answer() {
    Meeting meeting = new Meeting(BarrierTaskContext.get());
    int rank = TaskContext.getPartitionId();
    String executor = SparkEnv.get().executorId();
    try {
      WorkerHost host = WorkerHost.of(run, rank);
      // Before the worker is lent, when what it holds is given up.
      Optional<PathState> state = start.state(host.held(start.held()));
      LegAnswer[] answer = {LegAnswer.notHeld(executor)};
      host.run(
          number,
          data.get(rank),
          worker -> {
            try (Mesh mesh = listen(rank)) {
              if (!meeting.connect(mesh, state.isPresent())) {
                return List.of();
              }
              answer[0] = walk(state.get(), worker, mesh);
              return LegStart.vectors(state.get());
            }
          });
      return answer[0];
    } catch (FipException e) {
      if (e.category() == Category.TEMPORARY) {
        throw e;
      }
      meeting.excuse(e);
      return LegAnswer.failed(executor, e);
    }
  }

  private LegAnswer walk(PathState state, Worker worker, Mesh mesh) {
    long begun = System.nanoTime();
    long firstVector = (number + 1) << VECTORS_PER_LEG_BITS;
    try (AllReduce sums = new AllReduce(mesh, wire, number)) {
      Manifold manifold =
          new Manifold(new RankWorkers(worker, sums, firstVector, origins), origins);
      Waypoint waypoint = itinerary.on(manifold, listener()).walk(state, to);
      double seconds = (System.nanoTime() - begun) / 1e9;
      return LegAnswer.arrived(SparkEnv.get().executorId(), waypoint, seconds);
    }
  }

  private Walk.Listener listener() {
    return TaskContext.getPartitionId() == 0 ? steps : NOBODY;
  }

  private Mesh listen(int rank) {
    Ports ports = Ports.of(SparkEnv.get().conf());
    return Mesh.listen(host(), ports, secret, rank, data.size(), Limits.DEFAULT);
  }

  /** This machine as Spark's executors reach it. */
  private static InetAddress host() {
    try {
      return ShareServers.host();
    } catch (UnknownHostException e) {
      throw new FipException(
          Category.CONFIGURATION,
          String.format(
              "an executor does not find its own name (%s); set path.communication.mode to driver",
              e.getMessage()),
          e);
    }
  }
}
