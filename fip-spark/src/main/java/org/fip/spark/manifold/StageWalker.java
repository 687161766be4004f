package org.fip.spark.manifold;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.manifold.Origins;
import org.fip.core.manifold.Traffic;
import org.fip.core.manifold.Wire;
import org.fip.core.path.Itinerary;
import org.fip.core.path.PathState;
import org.fip.core.path.Walk;
import org.fip.core.path.Walker;
import org.fip.core.path.Waypoint;
import org.fip.spark.allreduce.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks each leg in one barrier stage, on all executors at once. Every rank keeps the weights,
 * takes every step and comes to the same state; the driver keeps the state between legs, and walks
 * a leg again from there when an executor is lost. When there are not as many executors as ranks
 * any more, the driver takes the steps until there are: the bits are the same.
 */
final class StageWalker implements Walker {
  private static final Logger LOG = LoggerFactory.getLogger(StageWalker.class);

  /** How often a leg is walked from its start before the path gives up, as Spark does for tasks. */
  private static final int ATTEMPTS = 4;

  /** How long a leg waits for an executor in place of one that is lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long NOT_HELD = -1;

  private final SparkWorkers workers;
  private final Itinerary itinerary;
  private final Origins origins;
  private final Walker driver;
  private final Walk.Listener listener;
  private final Duration patience;
  private long held = NOT_HELD;
  private boolean patient = true;
  private long reported;

  /**
   * A walker on these workers.
   *
   * @param origins the networks that points are compared with
   * @param driver takes the steps where the stage cannot
   */
  StageWalker(
      SparkWorkers workers,
      Itinerary itinerary,
      Origins origins,
      Walker driver,
      Walk.Listener listener) {
    this(workers, itinerary, origins, driver, listener, PATIENCE);
  }

  /** The same with a limit for how long a leg waits for room. */
  StageWalker(
      SparkWorkers workers,
      Itinerary itinerary,
      Origins origins,
      Walker driver,
      Walk.Listener listener,
      Duration patience) {
    this.patience = patience;
    this.workers = workers;
    this.itinerary = itinerary;
    this.origins = origins;
    this.driver = driver;
    this.listener = listener;
  }

  @Override
  public Waypoint walk(PathState from, long to) {
    String reason = "";
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (from.step() == to || !isRoomy()) {
        held = NOT_HELD;
        return driver.walk(from, to);
      }
      long begun = System.nanoTime();
      long number = workers.takeNumber();
      Traffic sent = held == NOT_HELD ? sent(from) : Traffic.NONE;
      SparkJobs.Outcome<LegAnswer> outcome = submit(number, from, to);
      if (outcome.failure() != null) {
        reason = outcome.reason();
        LOG.warn("steps {} to {} are walked again: {}", from.step(), to, reason);
        held = NOT_HELD;
        continue;
      }
      LegAnswer first = outcome.answers().get(0);
      if (first.kind() == LegAnswer.Kind.FAILED) {
        throw new FipException(first.category(), first.message());
      }
      if (first.kind() == LegAnswer.Kind.NOT_HELD) {
        reason = "an executor does not hold the state";
        held = NOT_HELD;
        continue;
      }
      requireEqual(outcome.answers());
      List<float[]> vectors = fetch(number, from.weights().length, 1 + first.names().size());
      if (vectors.isEmpty()) {
        reason = "executors are lost before they have sent their state";
        held = NOT_HELD;
        continue;
      }
      held = number;
      patient = true;
      return arrive(first, to, vectors)
          .plus(
              sent.plus(new Traffic(0, 0, bytes(vectors))),
              (System.nanoTime() - begun) / 1e9 - first.seconds());
    }
    throw new FipException(
        Category.TEMPORARY,
        String.format(
            "steps %d to %d failed %d times: %s; run the same command again, it goes on from the"
                + " newest waypoint",
            from.step(), to, ATTEMPTS, reason));
  }

  /** Whether all ranks find room at once, which may take Spark a moment after a loss. */
  private boolean isRoomy() {
    long begun = System.nanoTime();
    while (!workers.hasRoomForAll()) {
      if (!patient || System.nanoTime() - begun > patience.toNanos()) {
        if (patient) {
          LOG.warn("there are fewer executors than before; the driver takes the steps");
        }
        patient = false;
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  private SparkJobs.Outcome<LegAnswer> submit(long number, PathState from, long to) {
    List<BroadcastVector> sent = held == NOT_HELD ? workers.broadcast(from) : List.of();
    LegStart start = held == NOT_HELD ? LegStart.broadcast(from, sent) : LegStart.held(from, held);
    try (StageProgress progress = workers.progress()) {
      LegTask leg =
          new LegTask(
              workers.run(),
              number,
              itinerary,
              origins,
              start,
              to,
              workers.data(),
              Secret.random(),
              workers.wire(),
              progress.steps());
      return workers.stage(leg, () -> report(progress.newest()));
    } finally {
      sent.forEach(BroadcastVector::destroy);
    }
  }

  /** Steps that are walked again are not told again. */
  private void report(StageProgress.Step step) {
    if (step.number() > reported) {
      reported = step.number();
      listener.stepped(step.number(), step.objective());
    }
  }

  /** Ranks that differ would go on differing, and nobody would notice. */
  private static void requireEqual(List<LegAnswer> answers) {
    Set<Integer> hashes = new HashSet<>();
    answers.forEach(answer -> hashes.add(answer.hash()));
    if (hashes.size() > 1) {
      throw new FipException(
          Category.CONFIGURATION,
          "executors come to different weights by the same steps, because their processors or Java"
              + " differ; set path.communication.mode to driver");
    }
  }

  /** The vectors of the state, of which every rank sends its part; empty when one is lost. */
  private List<float[]> fetch(long number, int length, int count) {
    List<float[]> vectors = new ArrayList<>();
    List<FetchTask.Piece> pieces = new ArrayList<>();
    int ranks = workers.data().size();
    int most = Math.min(workers.block(), length / ranks + 1);
    for (int vector = 0; vector < count; vector++) {
      vectors.add(new float[length]);
      for (int from = 0; from < length; from += Math.min(most, length - from)) {
        pieces.add(new FetchTask.Piece(vector, from, from + Math.min(most, length - from)));
      }
    }
    for (int next = 0; next < pieces.size(); next += ranks) {
      FetchTask.Piece[] asked = new FetchTask.Piece[ranks];
      for (int rank = 0; rank < ranks && next + rank < pieces.size(); rank++) {
        asked[rank] = pieces.get(next + rank);
      }
      List<Share> parts = workers.fetch(number, asked, Wire.FLOAT32);
      for (int rank = 0; rank < ranks; rank++) {
        if (asked[rank] != null) {
          if (!parts.get(rank).hasVector()) {
            return List.of();
          }
          parts
              .get(rank)
              .copyTo(vectors.get(asked[rank].vector()), asked[rank].from(), Wire.FLOAT32);
        }
      }
    }
    return vectors;
  }

  private Traffic sent(PathState state) {
    return new Traffic(0, bytes(LegStart.vectors(state)) * workers.data().size(), 0);
  }

  private static long bytes(List<float[]> vectors) {
    return vectors.stream().mapToLong(vector -> (long) Float.BYTES * vector.length).sum();
  }

  private Waypoint arrive(LegAnswer answer, long to, List<float[]> vectors) {
    answer.measurements().forEach(m -> report(new StageProgress.Step(m.step(), m.objective())));
    return new Waypoint(
        LegStart.state(to, answer.scalars(), answer.names(), vectors),
        answer.measurements(),
        answer.evaluation());
  }
}
