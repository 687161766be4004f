package org.fip.spark.live;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkPaused;
import org.fip.spark.job.WalkStart;
import org.fip.spark.store.PathStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where what a job tells goes out to all who listen, together with the status of the
 * path that it amounts to. A listener that throws is told nothing more, after one warning; only
 * {@link WalkPaused} goes through.
 */
public final class LivePaths implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger(LivePaths.class);

  private final List<ProgressListener> listeners;
  private final StatusTracker tracker;
  private WalkStart walk;

  /** Tells these, and those that are added. */
  public LivePaths(ProgressListener... listeners) {
    this(InstantSource.system(), listeners);
  }

  LivePaths(InstantSource clock, ProgressListener... listeners) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
    tracker = new StatusTracker(clock);
  }

  /** Adds a listener, which also hears of the walk that is on its way, if there is one. */
  public void add(ProgressListener listener) {
    listeners.add(listener);
    if (walk != null) {
      tell(listener, l -> l.began(walk));
      tracker.status().ifPresent(status -> tell(listener, l -> l.updated(status)));
    }
  }

  @Override
  public void began(WalkStart begun) {
    walk = begun;
    tracker.began(begun);
    tell(listener -> listener.began(begun));
    publish();
  }

  @Override
  public void found(WalkStart complete) {
    tell(listener -> listener.found(complete));
    if (complete.steps() == complete.total()) {
      tracker.found(complete);
      publish();
    }
  }

  @Override
  public void stepped(long step, double objective) {
    tracker.stepped(step, objective);
    tell(listener -> listener.stepped(step, objective));
    publish();
  }

  @Override
  public void measured(Measurement measurement) {
    tracker.measured(measurement);
    tell(listener -> listener.measured(measurement));
  }

  @Override
  public void committed(Waypoint waypoint) {
    tracker.committed(waypoint);
    tell(listener -> listener.committed(waypoint));
    publish();
  }

  @Override
  public void ended() {
    walk = null;
    tracker.ended();
    tell(ProgressListener::ended);
    publish();
  }

  @Override
  public void paused() {
    walk = null;
    tracker.paused();
    tell(ProgressListener::paused);
    publish();
  }

  @Override
  public void failed(Throwable cause) {
    walk = null;
    tracker.failed(cause);
    tell(listener -> listener.failed(cause));
    publish();
  }

  @Override
  public void updated(PathStatus status) {
    tell(listener -> listener.updated(status));
  }

  @Override
  public void advanced(double share, String line, boolean milestone) {
    tell(listener -> listener.advanced(share, line, milestone));
  }

  @Override
  public void note(String line) {
    tell(listener -> listener.note(line));
  }

  @Override
  public void close() {
    if (tracker.abandon()) {
      publish();
    }
    tell(ProgressListener::close);
    listeners.clear();
  }

  private void publish() {
    tracker.status().ifPresent(this::updated);
  }

  private void tell(Consumer<ProgressListener> event) {
    listeners.forEach(listener -> tell(listener, event));
  }

  private void tell(ProgressListener listener, Consumer<ProgressListener> event) {
    try {
      event.accept(listener);
    } catch (WalkPaused e) {
      throw e;
    } catch (RuntimeException e) {
      listeners.remove(listener);
      LOG.warn("{} fails and is left out from now on", listener.getClass().getName(), e);
    }
  }
}
