package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Collectors;
import org.fip.core.manifold.Evaluation;
import org.fip.core.path.Measurement;
import org.fip.core.path.Walk;
import org.fip.spark.report.PathSeries;

/** What came of paths, in one sentence. */
final class Verdict {
  /** A rise in accuracy that is called learning. */
  private static final double LEARNED = 0.05;

  /** An accuracy below which a task that has not risen is not learned. */
  private static final double KNOWN = 0.5;

  /** A drop in accuracy that is called a loss. */
  private static final double LOST = 0.01;

  private Verdict() {}

  /**
   * What a path has learned, kept and lost.
   *
   * @param before words before it, such as what share of weights is zero; may be empty
   * @param baselines other ways to do the same
   */
  static String of(StoredRun run, String before, List<StoredRun> baselines) {
    List<String> parts = new ArrayList<>();
    if (!before.isEmpty()) {
      parts.add(before);
    }
    parts.addAll(accuracies(run));
    if (parts.isEmpty()) {
      parts.add("nothing was evaluated");
    }
    String sentence = join(parts) + cost(run) + comparison(baselines);
    return run.finished()
        ? capital(sentence) + "."
        : "Not finished: %s %s; so far %s.".formatted(run.name(), run.state(), sentence);
  }

  /** What became of each evaluation set, those without attacks. */
  private static List<String> accuracies(StoredRun run) {
    List<String> learned = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    List<String> missed = new ArrayList<>();
    plain(run.series())
        .forEach(
            (set, byStep) -> {
              double start = byStep.firstEntry().getValue().accuracy();
              double end = byStep.lastEntry().getValue().accuracy();
              if (end - start > LEARNED) {
                learned.add("%s (%s, before %s)".formatted(set, percent(end), percent(start)));
              } else if (run.isTask(set) && run.learns() && end < KNOWN) {
                missed.add("%s (%s, before %s)".formatted(set, percent(end), percent(start)));
              } else if (start - end > LOST) {
                lost.add(
                    "%s points on %s (%s of %s)"
                        .formatted(points(start - end), set, percent(end), percent(start)));
              } else {
                kept.add("%s at %s of %s".formatted(set, percent(end), percent(start)));
              }
            });
    List<String> parts = new ArrayList<>();
    add(parts, "learned ", learned);
    add(parts, "kept ", kept);
    add(parts, "lost ", lost);
    add(parts, "did not learn ", missed);
    return parts;
  }

  private static void add(List<String> parts, String verb, List<String> what) {
    if (!what.isEmpty()) {
      parts.add(verb + join(what));
    }
  }

  /** The evaluations that are not those under attack. */
  static Map<String, NavigableMap<Long, Evaluation>> plain(PathSeries series) {
    return series.evaluations().entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty() && !isAttacked(entry.getKey()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }

  static boolean isAttacked(String set) {
    return set.endsWith(Walk.ASCENT) || set.endsWith(Walk.ROBUST);
  }

  private static String cost(StoredRun run) {
    return run.last().map(Verdict::cost).orElse("");
  }

  private static String cost(Measurement last) {
    return String.format(
        Locale.ROOT,
        ", in %,d steps and %s s, with a drift of %s",
        last.step(),
        number(last.seconds()),
        number(last.drift()));
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value, new MathContext(3)).stripTrailingZeros().toString()
        : "an unknown number of";
  }

  private static String comparison(List<StoredRun> baselines) {
    List<String> ends = new ArrayList<>();
    for (StoredRun baseline : baselines) {
      String accuracies = ends(baseline.series());
      if (!accuracies.isEmpty()) {
        ends.add(baseline.name() + " ends at " + accuracies);
      }
    }
    return ends.isEmpty() ? "" : "; " + String.join("; ", ends);
  }

  /** Where each evaluation set is at the end. */
  static String ends(PathSeries series) {
    return join(
        plain(series).entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + " "
                        + percent(entry.getValue().lastEntry().getValue().accuracy()))
            .toList());
  }

  /** What a path to robustness has come to. */
  static String robust(StoredRun run) {
    List<String> parts = new ArrayList<>();
    run.series()
        .evaluations()
        .forEach(
            (set, byStep) -> {
              if (set.endsWith(Walk.ROBUST) && !byStep.isEmpty()) {
                parts.add(
                    "%s of %s withstand attacks (before %s)"
                        .formatted(
                            percent(byStep.lastEntry().getValue().accuracy()),
                            set.substring(0, set.length() - Walk.ROBUST.length()),
                            percent(byStep.firstEntry().getValue().accuracy())));
              }
            });
    return join(parts);
  }

  /** What is lost between two networks, on the path and on the straight line. */
  static String connection(StoredRun path, StoredRun straight) {
    List<String> parts = new ArrayList<>();
    plain(path.series())
        .forEach(
            (set, byStep) ->
                parts.add(
                    "accuracy on %s drops by at most %s points along the path and by %s on the"
                            .formatted(set, drop(byStep), straightDrop(straight, set))
                        + " straight line"));
    return join(parts);
  }

  private static String straightDrop(StoredRun straight, String set) {
    NavigableMap<Long, Evaluation> byStep = straight.series().evaluations().get(set);
    return byStep == null || byStep.isEmpty() ? "an unknown number" : drop(byStep);
  }

  private static String drop(NavigableMap<Long, Evaluation> byStep) {
    double drop = 0;
    double from = byStep.firstEntry().getValue().accuracy();
    double to = byStep.lastEntry().getValue().accuracy();
    for (Map.Entry<Long, Evaluation> entry : byStep.entrySet()) {
      double t =
          byStep.size() == 1
              ? 0
              : (double) (entry.getKey() - byStep.firstKey())
                  / (byStep.lastKey() - byStep.firstKey());
      drop = Math.max(drop, (1 - t) * from + t * to - entry.getValue().accuracy());
    }
    return points(drop);
  }

  /** What the members of an ensemble can do, as the job's result has it. */
  static String ensemble(JsonNode result) {
    List<String> parts = new ArrayList<>();
    int members = 0;
    for (Map.Entry<String, JsonNode> set : result.at("/ensemble/evaluation").properties()) {
      JsonNode accuracies = set.getValue().path("members");
      double least = 1;
      double most = 0;
      for (JsonNode accuracy : accuracies) {
        least = Math.min(least, accuracy.asDouble());
        most = Math.max(most, accuracy.asDouble());
      }
      members = accuracies.size();
      parts.add(
          "%s to %s of %s (their ensemble on %s)"
              .formatted(
                  percent(least),
                  percent(most),
                  set.getKey(),
                  percent(set.getValue().path("accuracy").asDouble())));
    }
    return parts.isEmpty()
        ? ""
        : "%d networks of one function are right on %s".formatted(members, join(parts));
  }

  private static String points(double difference) {
    return String.format(Locale.ROOT, "%.2f", 100 * difference);
  }

  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
  }

  /** Words with commas between them and an "and" before the last. */
  static String join(List<String> words) {
    int last = words.size() - 1;
    return last <= 0
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  static String capital(String sentence) {
    return sentence.isEmpty()
        ? sentence
        : sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }
}
