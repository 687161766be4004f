package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout;
import org.fip.core.storage.Folder;
import org.fip.spark.files.Roots;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Nights;
import org.fip.spark.report.HtmlReport;
import org.fip.spark.report.Projection;
import org.fip.spark.report.ReportData;
import org.fip.spark.report.ReportTable;
import org.fip.spark.report.ShellCommands;
import org.fip.spark.report.TensorSparsity;
import org.fip.spark.store.DocumentFolder;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathStore;

/**
 * Reports of what jobs have stored: a path with its baselines, nights, members of an ensemble, the
 * operations of a chain. They are made from the stores alone, of paths on their way as well.
 */
public final class PathReports {
  /** The file of a job's report in its output folder. */
  public static final String FILE = "report.html";

  private static final String RESULT = "result";
  private static final String BASELINES = "baselines";
  private static final String MEMBERS = "members";
  private static final String STRAIGHT = "straight";
  private static final String OPERATION = "\\d+-[a-z]+";

  /** Fewer zeros than this are chance and not worth a table. */
  private static final double LEAST_SPARSITY = 0.01;

  private final Configuration hadoop;
  private final Path place;
  private final List<String> problems = new ArrayList<>();

  private PathReports(Configuration hadoop, Path place) {
    this.hadoop = hadoop;
    this.place = place;
  }

  /**
   * The report of what is in a folder.
   *
   * @throws FipException NOT_FOUND when no path was begun there or none has a waypoint; DATA when
   *     all are damaged
   */
  public static ReportData.Builder of(Configuration hadoop, Path place) {
    PathReports reports = new PathReports(hadoop, place);
    if (NightStore.isAt(hadoop, place)) {
      return reports.nights(NightStore.at(hadoop, place, Nights.ORDER));
    }
    if (PathStore.exists(hadoop, place)) {
      return reports.path(PathStore.open(hadoop, place));
    }
    List<String> members = reports.stores(MEMBERS, ".*");
    if (!members.isEmpty()) {
      return reports.ensemble(members);
    }
    List<String> operations = reports.stores("", OPERATION);
    if (!operations.isEmpty()) {
      return reports.chain(operations);
    }
    // It says what is missing.
    return reports.path(PathStore.open(hadoop, place));
  }

  /** The report of several paths side by side; recipe and provenance are those of the first. */
  public static ReportData.Builder of(Configuration hadoop, List<PathStore> stores) {
    PathReports reports = new PathReports(hadoop, new Path(stores.get(0).location()));
    List<StoredRun> runs =
        stores.stream()
            .map(store -> StoredRun.read(hadoop, store, new Path(store.location()).getName()))
            .toList();
    reports.requireWaypoints(runs);
    String names = runs.stream().map(StoredRun::name).collect(Collectors.joining(", "));
    String verdict =
        runs.stream()
            .map(run -> run.name() + (run.finished() ? " ends at " : " stands at ") + end(run))
            .collect(Collectors.joining("; ", "", "."));
    return reports
        .report("Paths " + names, verdict, runs, runs.get(0))
        .command("Make this report again", reportCommand(stores));
  }

  /**
   * The report of paths of one undertaking, side by side; recipe and provenance are those of the
   * first, sparsity that of the last.
   *
   * @param stores by the names of the paths
   */
  public static ReportData.Builder side(
      Configuration hadoop, String title, String verdict, Map<String, PathStore> stores) {
    List<StoredRun> runs = new ArrayList<>();
    stores.forEach((name, store) -> runs.add(StoredRun.read(hadoop, store, name)));
    PathReports reports = new PathReports(hadoop, new Path(runs.get(0).store().location()));
    return reports.report(title, verdict, runs, runs.get(0), runs.get(runs.size() - 1));
  }

  private static String reportCommand(List<PathStore> stores) {
    return ShellCommands.report(stores.stream().map(PathStore::location).toList());
  }

  /**
   * Keeps the result of a job and writes its report, in the output folder of the job.
   *
   * @return where the report is
   */
  public static Path write(Configuration hadoop, Path output, ReportData report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      HtmlReport.write(report, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    DocumentFolder folder = new DocumentFolder(hadoop, output);
    folder.writeFile(FILE, bytes.toByteArray());
    return folder.at(FILE);
  }

  /** Keeps what a job ended with, for later reports. */
  public static void keepResult(Configuration hadoop, Path output, ObjectNode result) {
    new DocumentFolder(hadoop, output).write(RESULT, result);
  }

  private JsonNode result() {
    try {
      return new DocumentFolder(hadoop, place)
          .read(RESULT)
          .<JsonNode>map(json -> json)
          .orElse(MissingNode.getInstance());
    } catch (FipException e) {
      problems.add(StoredRun.unlessStorageFailed(e));
      return MissingNode.getInstance();
    }
  }

  /** The names of the folders in a subfolder that hold path stores, sorted. */
  private List<String> stores(String subfolder, String pattern) {
    Path parent = subfolder.isEmpty() ? place : new Path(place, subfolder);
    try {
      FileSystem files = Roots.fileSystem(parent, hadoop);
      if (!files.exists(parent)) {
        return List.of();
      }
      TreeSet<String> names = new TreeSet<>();
      for (FileStatus entry : files.listStatus(parent)) {
        String name = entry.getPath().getName();
        if (entry.isDirectory()
            && name.matches(pattern)
            && PathStore.exists(hadoop, entry.getPath())) {
          names.add(name);
        }
      }
      return List.copyOf(names);
    } catch (IOException e) {
      throw FipException.storage(e, "%s: cannot be listed: %s", parent, e.getMessage());
    }
  }

  private StoredRun run(String inside, String name) {
    return StoredRun.read(hadoop, PathStore.open(hadoop, new Path(place, inside)), name);
  }

  private void requireWaypoints(List<StoredRun> runs) {
    if (runs.stream().anyMatch(run -> run.last().isPresent())) {
      return;
    }
    for (StoredRun run : runs) {
      if (!run.problems().isEmpty() && !run.store().steps().isEmpty()) {
        throw FipException.data("%s", run.problems().get(0));
      }
    }
    throw FipException.notFound(
        "%s: has no waypoint yet; run the command that walks it", runs.get(0).store().location());
  }

  /** What every report of paths has. */
  private ReportData.Builder report(
      String title, String verdict, List<StoredRun> runs, StoredRun about) {
    return report(title, verdict, runs, about, about);
  }

  private ReportData.Builder report(
      String title, String verdict, List<StoredRun> runs, StoredRun about, StoredRun sparse) {
    Optional<Projection> plane = WaypointPlane.of(runs, problems);
    List<TensorSparsity> sparsity = sparsity(sparse.store());
    runs.forEach(run -> problems.addAll(run.problems()));
    return ReportData.about(title, verdict)
        .asked(Asked.of(about.command(), about.recipe()))
        .problems(problems)
        .paths(runs.stream().map(StoredRun::series).toList())
        .projection(plane)
        .origin(about.recipe().toString(), about.store().description().provenance())
        .sparsity(sparsity);
  }

  private ReportData.Builder path(PathStore store) {
    String command = store.description().provenance().getOrDefault(Sources.COMMAND, "");
    StoredRun run = StoredRun.read(hadoop, store, command.isEmpty() ? place.getName() : command);
    requireWaypoints(List.of(run));
    List<StoredRun> runs = new ArrayList<>(List.of(run));
    List<StoredRun> baselines = new ArrayList<>();
    for (String name : stores(BASELINES, ".*")) {
      baselines.add(run(BASELINES + "/" + name, name));
    }
    runs.addAll(baselines);
    String verdict;
    if (command.equals(Command.CONNECT.label())) {
      List<StoredRun> straight =
          PathStore.exists(hadoop, new Path(place, STRAIGHT))
              ? List.of(run(STRAIGHT, "straight line"))
              : List.of();
      runs.addAll(straight);
      verdict =
          run.finished() && !straight.isEmpty()
              ? Verdict.capital(Verdict.connection(run, straight.get(0))) + "."
              : Verdict.of(run, "", List.of());
    } else {
      verdict = Verdict.of(run, before(run, command), baselines);
    }
    ReportData.Builder report =
        report(title(command, run.recipe()), verdict, runs, run)
            .command("Make this report again", reportCommand(List.of(store)));
    if (run.finished()) {
      report.command("Export the network", export(store.location()));
    }
    return report
        .table(JobTables.sequence(run))
        .table(JobTables.measures(result()))
        .table(JobTables.curve(result()));
  }

  private static String export(String store) {
    return ShellCommands.export(store, new Path(store).getName());
  }

  private static String title(String command, JsonNode recipe) {
    List<String> tasks = new ArrayList<>();
    recipe.path("tasks").forEach(task -> tasks.add(task.path("name").asText()));
    List<String> kept = new ArrayList<>();
    recipe.path("evaluate").fieldNames().forEachRemaining(kept::add);
    String of = kept.isEmpty() ? "" : " (" + String.join(", ", kept) + ")";
    return switch (command) {
      case "adapt" -> "Path to " + String.join(", ", tasks);
      case "train" -> "Training on " + String.join(", ", tasks);
      case "sparsify" -> "Path to a sparse network" + of;
      case "robustify" -> "Path to a robust network" + of;
      case "connect" -> "Path between two networks" + of;
      default -> "Path" + of;
    };
  }

  /** What a verdict begins with. */
  private String before(StoredRun run, String command) {
    if (command.equals(Command.ROBUSTIFY.label())) {
      return Verdict.robust(run);
    }
    if (command.equals(Command.SPARSIFY.label())) {
      JsonNode zeros = summary(run.store());
      return zeros.has("achieved")
          ? "%s of the weights are zero"
              .formatted(Verdict.percent(zeros.get("achieved").asDouble()))
          : "";
    }
    return "";
  }

  private ReportData.Builder nights(NightStore store) {
    List<StoredRun> runs = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    int published = 0;
    for (String night : store.nights()) {
      StoredRun run =
          StoredRun.read(hadoop, PathStore.open(hadoop, store.place(night)), "night " + night);
      runs.add(run);
      Optional<ObjectNode> record = store.record(night);
      boolean isPublished = record.map(json -> json.path("published").asBoolean()).orElse(false);
      String refusal = record.map(json -> json.path("refusal").asText("")).orElse("");
      published += isPublished ? 1 : 0;
      if (!refusal.isEmpty()) {
        refused.add("night %s was refused: %s".formatted(night, refusal));
      }
      rows.add(
          List.of(
              night,
              record.isEmpty() ? "not ended" : isPublished ? "published" : "refused",
              end(run),
              refusal));
    }
    if (runs.isEmpty()) {
      throw FipException.notFound("%s: no night was begun yet", store.location());
    }
    requireWaypoints(runs);
    Optional<String> latest = store.latest().map(NightStore.Latest::night);
    StoredRun about =
        runs.stream()
            .filter(run -> run.name().equals("night " + latest.orElse("")))
            .findFirst()
            .orElse(runs.get(runs.size() - 1));
    List<String> parts = new ArrayList<>();
    parts.add("%d of %d nights were published".formatted(published, runs.size()));
    parts.add(
        latest
            .map(
                night -> "the latest network is that of night %s (%s)".formatted(night, end(about)))
            .orElse("no network is published yet"));
    parts.addAll(refused);
    return report("Nights of " + place.getName(), String.join("; ", parts) + ".", runs, about)
        .table(
            new ReportTable(
                "Nights",
                List.of("Night", "State", "Accuracy at its end", "Why it was refused"),
                rows,
                ""))
        .command("Make this report again", ShellCommands.report(List.of(store.location())))
        .command("Export the latest network", export(store.location()));
  }

  private static String end(StoredRun run) {
    String ends = Verdict.ends(run.series());
    String step = run.last().map(last -> "step " + last.step()).orElse("no step");
    return ends.isEmpty() ? step : ends;
  }

  private ReportData.Builder ensemble(List<String> members) {
    List<StoredRun> runs = new ArrayList<>();
    for (String member : members) {
      runs.add(run(MEMBERS + "/" + member, "member " + member));
    }
    requireWaypoints(runs);
    JsonNode result = result();
    String verdict = Verdict.ensemble(result);
    long finished = runs.stream().filter(StoredRun::finished).count();
    ReportData.Builder report =
        report(
                "Networks of one function",
                verdict.isEmpty()
                    ? "Not finished: %d of %s members are at their end and the ensemble is not tested."
                        .formatted(
                            finished, runs.get(0).recipe().at("/diversify/members").asText("?"))
                    : Verdict.capital(verdict) + ".",
                runs,
                runs.get(0))
            .table(JobTables.ensemble(result))
            .command("Make this report again", ShellCommands.report(List.of(place.toString())));
    runs.stream()
        .filter(StoredRun::finished)
        .forEach(run -> report.command("Export " + run.name(), export(run.store().location())));
    return report;
  }

  private ReportData.Builder chain(List<String> operations) {
    List<StoredRun> runs = new ArrayList<>();
    // Names begin with the place of the operation.
    List<String> ordered = new ArrayList<>(operations);
    ordered.sort(
        Comparator.comparingInt(name -> Integer.parseInt(name.substring(0, name.indexOf('-')))));
    for (String operation : ordered) {
      runs.add(run(operation, operation));
    }
    requireWaypoints(runs);
    StoredRun last = runs.get(runs.size() - 1);
    JsonNode zeros = result().path("zeros");
    String names = runs.stream().map(StoredRun::name).collect(Collectors.joining(", "));
    String verdict =
        last.finished()
            ? "The chain %s ends at %s%s."
                .formatted(
                    names,
                    end(last),
                    zeros.size() == runs.size()
                        ? ", with %s of the weights zero"
                            .formatted(Verdict.percent(zeros.get(runs.size() - 1).asDouble()))
                        : "")
            : "Not finished: %s %s.".formatted(last.name(), last.state());
    return report("Chain of operations", verdict, runs, last)
        .table(JobTables.course(runs, zeros))
        .command("Make this report again", ShellCommands.report(List.of(place.toString())))
        .command("Export the last network", export(last.store().location()));
  }

  private JsonNode summary(PathStore store) {
    Optional<Folder> network = network(store);
    try {
      if (network.isPresent() && network.get().exists(SparsityFiles.SUMMARY)) {
        try (InputStream in = network.get().open(SparsityFiles.SUMMARY)) {
          return SparsityFiles.read(in);
        }
      }
      return MissingNode.getInstance();
    } catch (IOException e) {
      throw FipException.storage(
          e, "%s: cannot be read: %s", network.orElseThrow().location(), e.getMessage());
    }
  }

  private Optional<Folder> network(PathStore store) {
    try {
      return store.network();
    } catch (FipException e) {
      problems.add(StoredRun.unlessStorageFailed(e));
      return Optional.empty();
    }
  }

  /** Zeros of the matrices and kernels of a final network, when there are many. */
  private List<TensorSparsity> sparsity(PathStore store) {
    Optional<Folder> folder = network(store);
    if (folder.isEmpty()) {
      return List.of();
    }
    Network network = Network.load(folder.get());
    List<TensorSparsity> tensors = new ArrayList<>();
    for (WeightLayout.Slot slot : network.layout().slots()) {
      if (slot.parameter().role() == Parameter.Role.WEIGHT) {
        long zeros = 0;
        for (int i = slot.offset(); i < slot.end(); i++) {
          zeros += network.weights()[i] == 0 ? 1 : 0;
        }
        tensors.add(new TensorSparsity(slot.parameter().name(), zeros, slot.parameter().size()));
      }
    }
    long zeros = tensors.stream().mapToLong(TensorSparsity::zeros).sum();
    long weights = tensors.stream().mapToLong(TensorSparsity::weights).sum();
    return zeros > LEAST_SPARSITY * weights ? tensors : List.of();
  }
}
