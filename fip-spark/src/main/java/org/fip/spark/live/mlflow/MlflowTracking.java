package org.fip.spark.live.mlflow;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.path.Waypoint;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a run of a tracking server for each path, from a thread of its own. What waits is one
 * status a path, since measurements are taken from the store; a server that does not answer is
 * asked again, ever more rarely, and when it refuses, no more. At the end of the job it gets some
 * seconds to take the rest.
 */
public final class MlflowTracking implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger(MlflowTracking.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private final MlflowSettings settings;
  private final Configuration configuration;
  private final Duration patience;
  private final Duration firstPause;
  private final MlflowClient client;
  private final Map<String, PathStatus> waiting = new LinkedHashMap<>();
  private final Map<String, MlflowRun> runs = new HashMap<>();
  private final Thread thread = new Thread(this::run, "fip-mlflow");
  private boolean committed = true;
  private State sent;
  private String sentOf;
  private boolean closing;
  private boolean refused;
  private boolean warned;

  /** Tracks paths in stores of any Hadoop file system. */
  public MlflowTracking(MlflowSettings settings, Configuration configuration) {
    this(settings, configuration, TIMEOUT, PATIENCE, FIRST_PAUSE);
  }

  MlflowTracking(
      MlflowSettings settings,
      Configuration configuration,
      Duration timeout,
      Duration patience,
      Duration firstPause) {
    this.settings = settings;
    this.configuration = configuration;
    this.patience = patience;
    this.firstPause = firstPause;
    client = new MlflowClient(settings, timeout);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void committed(Waypoint waypoint) {
    committed = true;
  }

  @Override
  public void updated(PathStatus status) {
    if (status.point() != null) {
      if (status.state() != State.WAITING) {
        put(status);
      }
    } else if (committed || status.state() != sent || !status.store().equals(sentOf)) {
      committed = false;
      sentOf = status.store();
      sent = status.state();
      put(status);
    }
  }

  private synchronized void put(PathStatus status) {
    if (!refused) {
      waiting.put(status.store(), status);
      notifyAll();
    }
  }

  private void run() {
    Duration pause = firstPause;
    try {
      for (PathStatus status = next(); status != null; status = next()) {
        try {
          send(status);
          pause = firstPause;
        } catch (MlflowFailure e) {
          if (!e.isPassing()) {
            refuse(e.getMessage());
            return;
          }
          warn(e.getMessage() + "; it is tried again");
          putBack(status);
          sleep(pause);
          pause =
              pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                  ? pause.multipliedBy(2)
                  : LONGEST_PAUSE;
        } catch (FipException e) {
          warn(e.getMessage() + "; this path is not tracked");
        }
      }
    } catch (InterruptedException e) {
      // The job has ended and its patience too.
    } catch (RuntimeException e) {
      refuse(e.toString());
    }
  }

  private void send(PathStatus status) throws MlflowFailure, InterruptedException {
    MlflowRun run = runs.get(status.store());
    if (run == null) {
      run = MlflowRun.open(client, settings, configuration, status);
      runs.put(status.store(), run);
    }
    run.send(status);
  }

  /** What waits longest; null when nothing will come any more. */
  private synchronized PathStatus next() throws InterruptedException {
    while (waiting.isEmpty() && !closing) {
      wait();
    }
    Iterator<PathStatus> first = waiting.values().iterator();
    if (!first.hasNext()) {
      return null;
    }
    PathStatus status = first.next();
    first.remove();
    return status;
  }

  private synchronized void putBack(PathStatus status) {
    waiting.putIfAbsent(status.store(), status);
  }

  private void sleep(Duration pause) throws InterruptedException {
    if (awaitEnd(pause)) {
      Thread.sleep(firstPause.toMillis());
    }
  }

  /** Waits until the job ends, but not longer than that; whether it has ended. */
  private synchronized boolean awaitEnd(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (!closing && end > System.nanoTime()) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    return closing;
  }

  private synchronized void refuse(String reason) {
    refused = true;
    waiting.clear();
    warn(reason + "; this job is not tracked any more");
  }

  private synchronized void warn(String reason) {
    if (!warned) {
      warned = true;
      LOG.warn("MLflow at {}: {}", settings.server(), reason);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      thread.interrupt();
      LOG.warn(
          "MLflow at {} has not got all of this job; running its command again sends the rest",
          settings.server());
    }
  }
}
