package org.fip.spark.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/**
 * Single files in one folder of a Hadoop file system, each written under a temporary name, synced
 * and put in place by one rename over the one that may be there: a reader at any moment sees a
 * whole file, the old or the new one. JSON documents carry their own SHA-256.
 */
public final class DocumentFolder {
  private static final String JSON = ".json";

  /** Without the file's own name, so that nobody who looks for such files finds half of one. */
  private static final String TEMPORARY = ".tmp-file-";

  private final DurableFiles files;
  private final Path root;

  /** The folder at a path, which is made when something is written. */
  public DocumentFolder(Configuration configuration, Path root) {
    this(DurableFiles.of(configuration, root), root);
  }

  DocumentFolder(DurableFiles files, Path root) {
    this.files = files;
    this.root = files.qualify(root);
  }

  /** The same folder, where nothing is put in place once the right to write to it is lost. */
  public DocumentFolder guardedBy(StoreLock lock) {
    return new DocumentFolder(files.guardedBy(lock::requireHeld), root);
  }

  /** The names of all documents, without their ending. */
  public List<String> documents() {
    return files().stream()
        .filter(name -> name.endsWith(JSON))
        .map(name -> name.substring(0, name.length() - JSON.length()))
        .toList();
  }

  /** The names of all files, sorted. */
  public List<String> files() {
    try {
      return files.list(root).stream()
          .map(status -> status.getPath().getName())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.storage(e, root, "cannot be listed");
    }
  }

  /**
   * Reads a document; empty when there is none.
   *
   * @throws FipException with category DATA when it is damaged, STORAGE when it cannot be read
   */
  public Optional<ObjectNode> read(String name) {
    Path file = new Path(root, name + JSON);
    try (InputStream in = files.fileSystem().open(file)) {
      return Optional.of(SealedJson.read(in, file));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.reading(e, file);
    }
  }

  /** Writes a document, in place of one that is there. */
  public void write(String name, ObjectNode document) {
    ObjectNode whole = SealedJson.object();
    whole.setAll(document);
    writeFile(name + JSON, SealedJson.toBytes(whole));
  }

  /** Writes a file of another kind, in place of one that is there. */
  public void writeFile(String name, byte[] content) {
    writeFile(name, out -> out.write(content));
  }

  /** As {@link #writeFile(String, byte[])}, of content that need not fit into memory. */
  public void writeFile(String name, FileFiller content) {
    Path place = new Path(root, name);
    Path temporary = new Path(root, TEMPORARY + UUID.randomUUID());
    try {
      files.makeFolder(root);
      try {
        try (OutputStream out = files.create(temporary)) {
          content.fill(out);
        }
        files.replace(temporary, place);
      } catch (IOException | RuntimeException e) {
        deleteAfter(e, temporary);
        throw e;
      }
    } catch (IOException e) {
      throw Failures.storage(e, place, "cannot be written");
    }
  }

  private void deleteAfter(Exception failure, Path temporary) {
    try {
      files.delete(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Deletes what dead runs left half-written; only for the one writer of the folder. */
  public void recover() {
    try {
      new FolderCommit(files, root).recover();
    } catch (IOException e) {
      throw Failures.storage(e, root, "cannot be cleared of what a dead run left");
    }
  }

  /** Where the folder is. */
  public String location() {
    return root.toString();
  }

  /** Where a file of that name is or would be. */
  public Path at(String name) {
    return new Path(root, name);
  }
}
