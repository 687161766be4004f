package org.fip.spark.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a whole folder in place at once. It is written under a temporary name beside its place, each
 * file synced and its manifest last, and then renamed. A folder already in that place is moved
 * aside first and deleted afterwards; {@link #recover} finishes or undoes what a dead run left.
 */
final class FolderCommit {
  private static final Logger LOG = LoggerFactory.getLogger(FolderCommit.class);
  private static final String TEMPORARY = ".tmp-";
  private static final String REPLACED = ".old-";
  private static final String UNIQUE = "-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern TEMPORARY_NAME =
      Pattern.compile(Pattern.quote(TEMPORARY) + ".+" + UNIQUE);
  private static final Pattern REPLACED_NAME =
      Pattern.compile(Pattern.quote(REPLACED) + "(?<name>.+)" + UNIQUE);

  private final DurableFiles files;
  private final Path parent;

  FolderCommit(DurableFiles files, Path parent) {
    this.files = files;
    this.parent = parent;
  }

  /** Commits a folder that is no waypoint. */
  void commit(String name, String manifestName, FolderFiller filler) throws IOException {
    commit(name, manifestName, OptionalLong.empty(), OptionalLong.empty(), filler);
  }

  /** Commits the folder {@code name}; when this throws, its place is as it was before. */
  void commit(
      String name,
      String manifestName,
      OptionalLong step,
      OptionalLong previous,
      FolderFiller filler)
      throws IOException {
    Path temporary = unique(TEMPORARY, name);
    try {
      files.makeFolder(temporary);
      HadoopFolder folder = new HadoopFolder(files, temporary);
      RecordingFolder recording = new RecordingFolder(folder);
      filler.fill(recording);
      try (OutputStream out = folder.create(manifestName)) {
        new Manifest(step, previous, recording.written()).write(out);
      }
      replace(temporary, name);
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, temporary);
      throw e;
    }
  }

  /** Commits a single file that must not exist yet. */
  void commitFile(String name, byte[] content) throws IOException {
    Path temporary = unique(TEMPORARY, name);
    try {
      files.makeFolder(parent);
      try (OutputStream out = files.create(temporary)) {
        out.write(content);
      }
      files.rename(temporary, new Path(parent, name));
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, temporary);
      throw e;
    }
  }

  /** Makes a folder vanish as a whole, and deletes it. */
  void remove(String name) throws IOException {
    Path temporary = unique(TEMPORARY, name);
    files.rename(new Path(parent, name), temporary);
    files.delete(temporary);
  }

  /**
   * Deletes what dead runs left half-written, and puts back what they had moved aside and not
   * replaced. Only the one writer of the folder may call it.
   */
  void recover() throws IOException {
    for (FileStatus entry : files.list(parent)) {
      String name = entry.getPath().getName();
      Matcher replaced = REPLACED_NAME.matcher(name);
      if (replaced.matches()) {
        Path place = new Path(parent, replaced.group("name"));
        if (files.exists(place)) {
          files.delete(entry.getPath());
        } else {
          files.rename(entry.getPath(), place);
        }
      } else if (TEMPORARY_NAME.matcher(name).matches()) {
        LOG.info("{}: left half-written by a run that ended; deleted", entry.getPath());
        files.delete(entry.getPath());
      }
    }
  }

  private void replace(Path temporary, String name) throws IOException {
    Path place = new Path(parent, name);
    if (!files.exists(place)) {
      files.rename(temporary, place);
      return;
    }
    Path aside = unique(REPLACED, name);
    files.rename(place, aside);
    try {
      files.rename(temporary, place);
    } catch (IOException e) {
      putBackAfter(e, aside, place);
      throw e;
    }
    try {
      files.delete(aside);
    } catch (IOException e) {
      LOG.warn("{}: was replaced and could not be deleted: {}", aside, e.getMessage());
    }
  }

  /** A rename that reported failure may have happened all the same; then there is nothing to do. */
  private void putBackAfter(Exception failure, Path aside, Path place) {
    try {
      if (!files.exists(place)) {
        files.rename(aside, place);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void deleteAfter(Exception failure, Path temporary) {
    try {
      files.delete(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Path unique(String prefix, String name) {
    return new Path(parent, prefix + name + "-" + UUID.randomUUID());
  }
}
