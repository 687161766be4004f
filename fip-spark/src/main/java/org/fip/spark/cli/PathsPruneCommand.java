package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.fip.spark.job.ConnectJob;
import org.fip.spark.job.NightJob;
import org.fip.spark.recipe.Nights;
import org.fip.spark.recipe.StretchSteps;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathStore;
import org.fip.spark.store.StoreLock;
import org.fip.spark.store.StoreLocks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fip paths prune}. */
@Command(
    name = "prune",
    description = {
      "Deletes the waypoints of a path store that nothing needs: what stays are the first, the last,"
          + " and the end of each task, and the newest anchors. Of a store of nights, those of all"
          + " nights. Of a path between two networks (connect) every waypoint is needed.",
      "",
      "Measurements between what stays are gone from reports. The published night always stays."
    },
    footer = {"  fip paths prune nights/digits --keep-nights 30 --dry-run"})
final class PathsPruneCommand extends FipCommand {
  @Parameters(paramLabel = "STORE", description = "The path store, or store of nights.")
  private String store;

  @Option(
      names = "--keep-nights",
      paramLabel = "N",
      description =
          "Delete whole nights but the newest N and those from the published one on; default none.")
  private Integer keepNights;

  @Option(names = "--dry-run", description = "Only say what would be deleted.")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  private int waypoints;
  private int anchors;
  private final List<String> nights = new ArrayList<>();
  private long bytes;

  @Override
  Outcome run(Session session) {
    Path root = session.path("STORE", store);
    NightStore grown = NightStore.at(session.hadoop(), root, Nights.ORDER);
    boolean isOfNights = NightStore.isAt(session.hadoop(), root);
    if (!isOfNights) {
      PathStore.open(session.hadoop(), root);
    }
    if (keepNights != null && keepNights < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--keep-nights': " + keepNights + " is negative");
    }
    try (StoreLocks locks = StoreLocks.of(session.hadoop(), root)) {
      StoreLock lock = locks.own();
      if (isOfNights) {
        pruneNights(grown.guardedBy(lock));
        grown.guardedBy(lock).paths().forEach(path -> prune(path.guardedBy(lock)));
      } else {
        prune(PathStore.open(session.hadoop(), root).guardedBy(lock));
      }
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("store", root.toString());
    json.put("dryRun", dryRun).put("waypoints", waypoints).put("anchors", anchors);
    nights.forEach(json.putArray("nights")::add);
    json.put("bytes", bytes);
    return Outcome.of(json, summary());
  }

  private void pruneNights(NightStore grown) {
    List<String> all = grown.nights();
    if (keepNights == null || grown.latest().isEmpty()) {
      return;
    }
    String published = grown.latest().get().night();
    for (String night : all.subList(0, Math.max(0, all.size() - keepNights))) {
      if (Nights.ORDER.compare(night, published) < 0) {
        nights.add(night);
        if (!dryRun) {
          grown.discard(night);
        }
      }
    }
  }

  private void prune(PathStore path) {
    if (nights.contains(new Path(path.location()).getName())) {
      return;
    }
    List<Long> unneeded = unneeded(path);
    List<Long> kept = path.anchorSteps();
    List<Long> outdated = kept.isEmpty() ? kept : kept.subList(0, kept.size() - 1);
    waypoints += unneeded.size();
    anchors += outdated.size();
    bytes += path.bytes(unneeded, outdated);
    if (!dryRun) {
      path.delete(unneeded, outdated);
    }
  }

  private static List<Long> unneeded(PathStore path) {
    if (ConnectJob.isOf(path.description())) {
      return List.of();
    }
    StretchSteps stretches = NightJob.stretches(path.description());
    List<Long> steps = path.steps();
    return steps.stream()
        .filter(step -> !stretches.isEnd(step) && !step.equals(steps.get(steps.size() - 1)))
        .toList();
  }

  private String summary() {
    return String.format(
        Locale.ROOT,
        "%s %d waypoints and %d memories of anchors, %.1f MiB%s",
        dryRun ? "would delete" : "deleted",
        waypoints,
        anchors,
        bytes / (double) (1 << 20),
        nights.isEmpty() ? "" : ", and the nights " + String.join(", ", nights));
  }
}
