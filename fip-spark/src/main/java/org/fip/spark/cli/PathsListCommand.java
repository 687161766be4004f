package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.files.Roots;
import org.fip.spark.job.TextTable;
import org.fip.spark.store.PathStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fip paths list}. */
@Command(
    name = "list",
    description = "Lists the path stores in a folder and its subfolders.",
    footer = {"  fip paths list hdfs:///paths --json"})
final class PathsListCommand extends FipCommand {
  private static final String PATH_FILE = "path.json";
  private static final String BASELINES = "baselines";
  private static final int DEEPEST = 4;

  @Parameters(paramLabel = "ROOT", description = "The folder, on any Hadoop file system.")
  private String root;

  @Override
  Outcome run(Session session) {
    Path folder = session.path("ROOT", root);
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("root", folder.toString());
    ArrayNode stores = json.putArray("stores");
    TextTable table = new TextTable().row("STORE", "WAYPOINTS", "LAST STEP", "NETWORK", "STATE");
    for (Path store : find(folder, session)) {
      ObjectNode entry = stores.addObject().put("store", store.toString());
      try {
        describe(
            PathStore.open(session.hadoop(), store),
            StatusLine.read(session.hadoop(), store),
            entry,
            table);
      } catch (FipException e) {
        entry.put("problem", e.getMessage());
        table.row(store.toString(), "broken: " + e.getMessage());
      }
    }
    return Outcome.of(json, stores.isEmpty() ? "no path stores in " + folder : table.toString());
  }

  private static void describe(
      PathStore store, Optional<StatusLine> status, ObjectNode entry, TextTable table) {
    List<Long> steps = store.steps();
    boolean network = store.hasNetwork();
    entry.put("waypoints", steps.size());
    entry.put("lastStep", steps.isEmpty() ? null : steps.get(steps.size() - 1));
    entry.put("network", network);
    status.ifPresent(line -> line.putTo(entry));
    table.row(
        store.location(),
        String.format(Locale.ROOT, "%d", steps.size()),
        steps.isEmpty() ? "-" : steps.get(steps.size() - 1).toString(),
        network ? "yes" : "no",
        status.map(StatusLine::shortText).orElse("-"));
  }

  private static List<Path> find(Path folder, Session session) {
    List<Path> found = new ArrayList<>();
    try {
      collect(Roots.fileSystem(folder, session.hadoop()), folder, 0, found);
    } catch (FileNotFoundException e) {
      throw FipException.notFound("%s: no such folder; check the path", folder);
    } catch (IOException e) {
      throw FipException.storage(e, "%s: cannot be listed: %s", folder, e.getMessage());
    }
    Collections.sort(found);
    return found;
  }

  private static void collect(FileSystem files, Path folder, int depth, List<Path> found)
      throws IOException {
    FileStatus[] entries = files.listStatus(folder);
    if (Arrays.stream(entries).anyMatch(entry -> entry.getPath().getName().equals(PATH_FILE))) {
      found.add(folder);
      entries = baselines(entries);
    }
    for (FileStatus entry : entries) {
      if (entry.isDirectory() && depth < DEEPEST) {
        collect(files, entry.getPath(), depth + 1, found);
      }
    }
  }

  /** What may hold stores inside a store: its waypoints and networks need not be looked at. */
  private static FileStatus[] baselines(FileStatus[] entries) {
    return Arrays.stream(entries)
        .filter(entry -> entry.getPath().getName().equals(BASELINES))
        .toArray(FileStatus[]::new);
  }
}
