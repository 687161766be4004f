package org.fip.spark.live.tensorboard;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.job.WalkStart;
import org.fip.spark.live.Scalars;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.WaypointMeasurements;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an event file for each waypoint into the folder {@code tensorboard} of its store, with
 * what was measured since the waypoint before. The file's name is the waypoint's step and it is put
 * in place as a whole, so a path that is resumed has every step once, and what a killed run could
 * not write is written by the next from the stored measurements.
 */
public final class TensorBoardFiles implements ProgressListener {
  private static final Logger LOG = LoggerFactory.getLogger(TensorBoardFiles.class);
  private static final String FOLDER = "tensorboard";

  private final Configuration configuration;
  private final InstantSource clock;
  private DocumentFolder folder;
  private boolean warned;

  /** Writes into stores of any Hadoop file system. */
  public TensorBoardFiles(Configuration configuration) {
    this(configuration, InstantSource.system());
  }

  TensorBoardFiles(Configuration configuration, InstantSource clock) {
    this.configuration = configuration;
    this.clock = clock;
  }

  @Override
  public void began(WalkStart walk) {
    complete(walk);
  }

  @Override
  public void found(WalkStart walk) {
    complete(walk);
  }

  private void complete(WalkStart walk) {
    PathStore store = walk.store();
    folder = new DocumentFolder(configuration, new Path(store.location(), FOLDER));
    guarded(
        () -> {
          Set<String> there = new HashSet<>(folder.files());
          List<Long> missing =
              store.steps().stream()
                  .filter(step -> step <= walk.taken() && !there.contains(name(step)))
                  .toList();
          if (!missing.isEmpty()) {
            write(store, missing);
          }
        });
  }

  private void write(PathStore store, List<Long> steps) {
    double begun = begun(store.measured(steps.get(steps.size() - 1)).measurements());
    for (long step : steps) {
      WaypointMeasurements stored = store.measured(step);
      write(begun, step, stored.measurements(), stored.evaluation());
    }
  }

  @Override
  public void committed(Waypoint waypoint) {
    guarded(
        () ->
            write(
                begun(waypoint.measurements()),
                waypoint.step(),
                waypoint.measurements(),
                waypoint.evaluation()));
  }

  private void guarded(Runnable writing) {
    try {
      writing.run();
    } catch (FipException e) {
      if (!warned) {
        LOG.warn("{}; the path goes on, its next run writes what is missing", e.getMessage());
        warned = true;
      }
    }
  }

  /** When a path that is at these measurements now would have begun without interruption. */
  private double begun(List<Measurement> measurements) {
    double seconds =
        measurements.isEmpty() ? 0 : measurements.get(measurements.size() - 1).seconds();
    return clock.instant().toEpochMilli() / 1e3 - seconds;
  }

  private void write(
      double begun, long step, List<Measurement> measurements, Map<String, Evaluation> evaluation) {
    double time = begun;
    EventRecords records = new EventRecords(begun);
    for (Measurement measurement : measurements) {
      time = begun + measurement.seconds();
      records.add(time, measurement.step(), Scalars.of(measurement));
    }
    if (!evaluation.isEmpty()) {
      records.add(time, step, Scalars.of(evaluation));
    }
    folder.writeFile(name(step), records.toBytes());
  }

  /** TensorBoard looks for this word, and reads files in the order of their names. */
  private static String name(long step) {
    return String.format(Locale.ROOT, "events.out.tfevents.%018d.fip", step);
  }
}
