package org.fip.spark.live;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkStart;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;
import org.fip.spark.store.StatusFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code status.json} of the path that is walked up to date, from a thread of its own: soon
 * after a change and not more often than every few seconds, and without a change as a sign of life.
 * Only the end of a path waits for its last status, and not for long.
 */
public final class StatusWriter implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Configuration configuration;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread worker = new Thread(task, "fip-status");
            worker.setDaemon(true);
            return worker;
          });
  private final Future<?> writing;
  private String store;
  private StatusFile file;
  private boolean warned;
  private volatile PathStatus latest;
  private PathStatus written;
  private Instant writtenAt;

  /** Writes into stores of any Hadoop file system. */
  public StatusWriter(Configuration configuration) {
    this(configuration, InstantSource.system(), INTERVAL);
  }

  StatusWriter(Configuration configuration, InstantSource clock, Duration interval) {
    this.configuration = configuration;
    this.clock = clock;
    writing =
        thread.scheduleWithFixedDelay(
            this::write, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void began(WalkStart walk) {
    take(walk);
  }

  @Override
  public void found(WalkStart walk) {
    StatusFile there = take(walk);
    try {
      if (there.read().filter(status -> status.state() == State.FINISHED).isPresent()) {
        store = null;
      }
    } catch (FipException e) {
      LOG.warn("{}; it is written anew", e.getMessage());
    }
  }

  private StatusFile take(WalkStart walk) {
    store = walk.store().location();
    StatusFile taken = new StatusFile(configuration, new Path(store));
    synchronized (this) {
      file = taken;
      latest = null;
      written = null;
    }
    return taken;
  }

  @Override
  public void updated(PathStatus status) {
    if (!status.store().equals(store)) {
      return;
    }
    boolean first = latest == null;
    latest = status;
    if (first || status.state() != State.RUNNING) {
      Future<?> now = thread.submit(this::write);
      if (status.state() != State.RUNNING) {
        await(now);
      }
    }
  }

  private static void await(Future<?> writing) {
    try {
      writing.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.warn("status.json is not written after {} s", PATIENCE.toSeconds());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private synchronized void write() {
    PathStatus status = latest;
    Instant now = clock.instant();
    if (status == null || (status.equals(written) && !isLifeSignDue(status, now))) {
      return;
    }
    written = status;
    writtenAt = now;
    try {
      file.write(status.at(now));
    } catch (RuntimeException e) {
      if (!warned) {
        LOG.warn("{}; the path goes on, others do not see how", e.getMessage());
        warned = true;
      }
    }
  }

  private boolean isLifeSignDue(PathStatus status, Instant now) {
    return status.state() == State.RUNNING
        && Duration.between(writtenAt, now).compareTo(HEARTBEAT) >= 0;
  }

  @Override
  public void close() {
    writing.cancel(false);
    thread.shutdownNow();
  }
}
