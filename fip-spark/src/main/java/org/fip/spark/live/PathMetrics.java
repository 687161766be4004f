package org.fip.spark.live;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.fip.core.path.Measurement;
import org.fip.spark.job.ProgressListener;
import org.fip.spark.store.PathStatus;
import org.fip.spark.store.PathStatus.State;

/**
 * Gauges in Spark's metrics system, which hands them to Prometheus and other sinks: {@code
 * fip.paths.STATE} counts paths, and {@code fip.path.NAME.GAUGE} is there for each path while it is
 * walked, NAME made of its folder's.
 */
public final class PathMetrics implements ProgressListener, Source {
  private static final String SOURCE = "fip";
  private static final Map<String, ToDoubleFunction<PathStatus>> GAUGES = gauges();

  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, PathStatus> statuses = new ConcurrentHashMap<>();
  private final Map<String, String> names = new HashMap<>();

  /** Gauges that no metrics system knows yet. */
  public PathMetrics() {
    for (State state : State.values()) {
      registry.registerGauge("paths." + state.label(), () -> count(state));
    }
  }

  /** Gauges in the metrics system of the application that runs in this process. */
  public static PathMetrics registered() {
    PathMetrics metrics = new PathMetrics();
    SparkEnv.get().metricsSystem().registerSource(metrics);
    return metrics;
  }

  private long count(State state) {
    return statuses.values().stream().filter(status -> status.state() == state).count();
  }

  @Override
  public String sourceName() {
    return SOURCE;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void updated(PathStatus status) {
    String store = status.store();
    statuses.put(store, status);
    if (status.state() != State.RUNNING) {
      String gone = names.remove(store);
      if (gone != null) {
        registry.removeMatching((name, metric) -> name.startsWith(gone));
      }
      return;
    }
    String prefix = names.computeIfAbsent(store, this::freePrefix);
    GAUGES.forEach((name, value) -> gauge(prefix + name, store, value));
    for (String set : status.evaluation().keySet()) {
      gauge(
          prefix + "accuracy." + word(set),
          store,
          now ->
              now.evaluation().containsKey(set)
                  ? now.evaluation().get(set).accuracy()
                  : Double.NaN);
    }
  }

  private void gauge(String name, String store, ToDoubleFunction<PathStatus> value) {
    if (!registry.getNames().contains(name)) {
      Gauge<Double> gauge = () -> value.applyAsDouble(statuses.get(store));
      registry.register(name, gauge);
    }
  }

  /** The folder's name, that of a baseline with the path's, and a number when it is another's. */
  private String freePrefix(String store) {
    Path path = new Path(store);
    Path parent = path.getParent();
    String base =
        parent != null && parent.getName().equals("baselines") && parent.getParent() != null
            ? parent.getParent().getName() + "_" + path.getName()
            : path.getName();
    String prefix = "path." + word(base) + ".";
    for (int i = 2; names.containsValue(prefix); i++) {
      prefix = String.format(Locale.ROOT, "path.%s_%d.", word(base), i);
    }
    return prefix;
  }

  /** Letters, digits and underscores, which every sink can have in a name. */
  private static String word(String text) {
    return text.replaceAll("[^A-Za-z0-9_]", "_");
  }

  private static Map<String, ToDoubleFunction<PathStatus>> gauges() {
    Map<String, ToDoubleFunction<PathStatus>> gauges = new LinkedHashMap<>();
    gauges.put("step", status -> status.progress().step());
    gauges.put("steps", status -> status.progress().steps());
    gauges.put("stepsPerSecond", status -> status.progress().stepsPerSecond());
    gauges.put("secondsLeft", status -> status.progress().secondsLeft());
    gauges.put("objective", status -> status.progress().objective());
    gauges.put("drift", measured(Measurement::drift));
    gauges.put("lengthWeights", measured(Measurement::lengthWeights));
    gauges.put("lengthOutputs", measured(Measurement::lengthOutputs));
    gauges.put("rounds", measured(Measurement::rounds));
    gauges.put("bytesBroadcast", measured(Measurement::bytesBroadcast));
    gauges.put("bytesReduced", measured(Measurement::bytesReduced));
    gauges.put("seconds", measured(Measurement::seconds));
    return gauges;
  }

  private static ToDoubleFunction<PathStatus> measured(ToDoubleFunction<Measurement> value) {
    return status ->
        status.measurement() == null ? Double.NaN : value.applyAsDouble(status.measurement());
  }
}
