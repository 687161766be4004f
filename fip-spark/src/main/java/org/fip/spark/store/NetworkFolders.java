package org.fip.spark.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.storage.Folder;

/** The networks of a path store, Hugging Face folders each with a manifest of its own. */
final class NetworkFolders {
  static final String START = "start";
  static final String FINAL = "network";
  static final String CURVE = "curve";

  private final DurableFiles files;
  private final Path root;

  NetworkFolders(DurableFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  /** Writes a network as a whole, in place of one that is there. */
  void write(String name, FolderFiller filler) {
    try {
      new FolderCommit(files, root).commit(name, Manifest.NETWORK_FILE, filler);
    } catch (IOException e) {
      throw Failures.storage(e, new Path(root, name), "cannot be written");
    }
  }

  /** Writes a network of the way as a whole, in place of one that is there. */
  void writeOnTheWay(String name, FolderFiller filler) {
    try {
      files.makeFolder(curve());
    } catch (IOException e) {
      throw Failures.storage(e, new Path(curve(), name), "cannot be written");
    }
    new NetworkFolders(files, curve()).write(name, filler);
  }

  /** A network's folder, unchecked; empty when it was not written. */
  Optional<HadoopFolder> find(String name) {
    HadoopFolder folder = new HadoopFolder(files, new Path(root, name));
    return folder.isThere() ? Optional.of(folder) : Optional.empty();
  }

  /**
   * A network's folder after checking size and SHA-256 of its files; empty when it was not written.
   *
   * @throws FipException DATA, naming file and reason, when it is damaged
   */
  Optional<Folder> whole(String name) {
    return find(name)
        .map(
            folder -> {
              Manifest.read(folder, Manifest.NETWORK_FILE).verify(folder);
              return folder;
            });
  }

  /** As {@link #whole}, of a network of the way. */
  Optional<Folder> onTheWay(String name) {
    return new NetworkFolders(files, curve()).whole(name);
  }

  /** See {@link FolderCommit#recover}. */
  void recover() throws IOException {
    new FolderCommit(files, root).recover();
  }

  /** As {@link #recover}, where the networks of the way are. */
  void recoverOnTheWay() throws IOException {
    new FolderCommit(files, curve()).recover();
  }

  /** Checks every network down to the last bit. */
  List<Finding> verify() {
    List<Finding> findings = new ArrayList<>();
    for (String name : List.of(START, FINAL)) {
      find(name).ifPresent(folder -> findings.add(verify(folder, "")));
    }
    for (Path place : onTheWay()) {
      findings.add(verify(new HadoopFolder(files, place), CURVE + "/"));
    }
    return findings;
  }

  private static Finding verify(HadoopFolder folder, String prefix) {
    return Finding.of(folder, prefix, Manifest.NETWORK_FILE, manifest -> manifest.verify(folder));
  }

  private List<Path> onTheWay() {
    try {
      return files.list(curve()).stream()
          .map(FileStatus::getPath)
          .filter(path -> !path.getName().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.storage(e, curve(), "cannot be listed");
    }
  }

  private Path curve() {
    return new Path(root, CURVE);
  }
}
