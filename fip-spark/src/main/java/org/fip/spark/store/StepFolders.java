package org.fip.spark.store;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/** The folders of one kind that a path leaves at its steps, each named after its step. */
final class StepFolders {
  private static final Pattern STEP_NAME = Pattern.compile("\\d{6,18}");

  private final DurableFiles files;
  private final Path parent;
  private final long last;

  /**
   * @param last the last step whose folder is seen
   */
  StepFolders(DurableFiles files, Path parent, long last) {
    this.files = files;
    this.parent = parent;
    this.last = last;
  }

  /** The steps whose folders were committed, ascending, whole or not. */
  List<Long> steps() {
    try {
      return files.list(parent).stream()
          .map(status -> status.getPath().getName())
          .filter(name -> STEP_NAME.matcher(name).matches())
          .map(Long::valueOf)
          .filter(step -> step <= last)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.storage(e, parent, "cannot be listed");
    }
  }

  Path place(long step) {
    return new Path(parent, String.format(Locale.ROOT, "%06d", step));
  }

  HadoopFolder folder(long step) {
    return new HadoopFolder(files, place(step));
  }

  /**
   * The manifest of a step's folder.
   *
   * @throws FipException DATA when it is missing, damaged or of another step
   */
  Manifest manifest(long step) {
    HadoopFolder folder = folder(step);
    Manifest manifest = Manifest.read(folder, Manifest.WAYPOINT_FILE);
    if (!manifest.step().equals(OptionalLong.of(step))) {
      throw FipException.data(
          "%s: is of step %s, the folder's name says %d",
          folder.resolve(Manifest.WAYPOINT_FILE), manifest.step(), step);
    }
    return manifest;
  }

  /** Writes a step's folder as a whole, in place of one that is there. */
  void commit(long step, OptionalLong previous, FolderFiller filler) throws IOException {
    files.makeFolder(parent);
    new FolderCommit(files, parent)
        .commit(
            place(step).getName(), Manifest.WAYPOINT_FILE, OptionalLong.of(step), previous, filler);
  }

  /** See {@link FolderCommit#recover}. */
  void recover() throws IOException {
    new FolderCommit(files, parent).recover();
  }

  /**
   * Deletes folders; each vanishes as a whole.
   *
   * @return the bytes that their manifests name
   */
  long delete(List<Long> steps) {
    long bytes = 0;
    for (long step : steps) {
      bytes += bytes(step);
      try {
        new FolderCommit(files, parent).remove(place(step).getName());
      } catch (IOException e) {
        throw Failures.storage(e, place(step), "cannot be deleted");
      }
    }
    return bytes;
  }

  /** The bytes of folders as their manifests have it; 0 for one that cannot be read. */
  long bytes(List<Long> steps) {
    return steps.stream().mapToLong(this::bytes).sum();
  }

  private long bytes(long step) {
    try {
      return Manifest.read(folder(step), Manifest.WAYPOINT_FILE).bytes();
    } catch (FipException e) {
      return 0;
    }
  }

  /**
   * Checks every folder.
   *
   * @param check throws what is wrong with the folder of a step
   */
  List<Finding> verify(LongConsumer check) {
    String prefix = parent.getName() + "/";
    return steps().stream()
        .map(
            step ->
                Finding.of(
                    folder(step), prefix, Manifest.WAYPOINT_FILE, manifest -> check.accept(step)))
        .toList();
  }
}
