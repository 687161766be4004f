package org.fip.spark.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.storage.Folder;
import org.fip.spark.files.Roots;
import org.fip.spark.importing.DataImport;
import org.fip.spark.store.HadoopFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder that is written under another name and put in its place when it is whole. */
final class NewFolder {
  private static final Logger LOG = LoggerFactory.getLogger(NewFolder.class);

  private final FileSystem files;
  private final Path target;
  private final boolean replaces;

  /** What a folder holds that may be replaced. */
  enum Content {
    NETWORK("a network") {
      @Override
      boolean isAll(Set<String> names) {
        return names.contains("config.json")
            && names.stream().allMatch(name -> OF_NETWORKS.matcher(name).matches());
      }
    },
    DATA("imported data") {
      @Override
      boolean isAll(Set<String> names) {
        return DataImport.fileNames().containsAll(names);
      }
    };

    /** What this project writes into the folder of a network, and what others do. */
    private static final Pattern OF_NETWORKS =
        Pattern.compile(
            "(config|preprocessor_config|generation_config|tokenizer|tokenizer_config"
                + "|special_tokens_map|added_tokens|vocab|labels|manifest|sparsity)\\.json"
                + "|(vocab|merges)\\.txt"
                + "|(model(-\\d+-of-\\d+)?|masks)\\.safetensors"
                + "|model\\.safetensors\\.index\\.json"
                + "|README\\.md|LICENSE(\\.txt|\\.md)?|\\.gitattributes");

    private final String noun;

    Content(String noun) {
      this.noun = noun;
    }

    /** Whether files of these names are such content and nothing else, as far as names tell. */
    abstract boolean isAll(Set<String> names);
  }

  /** Writes files into a folder. */
  interface Filler {
    void fill(Folder folder) throws IOException;
  }

  private NewFolder(FileSystem files, Path target, boolean replaces) {
    this.files = files;
    this.target = target;
    this.replaces = replaces;
  }

  /**
   * A folder that may be written: it is absent or empty, or {@code force} is given and it holds
   * such content and no other folders.
   *
   * @throws FipException USAGE when it may not, STORAGE when it cannot be looked at
   */
  static NewFolder at(Path target, boolean force, Content content, Configuration configuration) {
    try {
      // It is written beside its place.
      Roots.require("--out", target.isRoot() ? target : target.getParent(), configuration);
      FileSystem named = Roots.fileSystem(target, configuration);
      FileSystem files = named instanceof LocalFileSystem local ? local.getRaw() : named;
      if (!files.exists(target)) {
        return new NewFolder(files, target, false);
      }
      if (!files.getFileStatus(target).isDirectory()) {
        throw usage("%s is a file; give a folder", target);
      }
      FileStatus[] entries = files.listStatus(target);
      if (entries.length > 0 && !force) {
        throw usage("%s is not empty; give another folder, or --force to replace it", target);
      }
      boolean folders = Arrays.stream(entries).anyMatch(FileStatus::isDirectory);
      Set<String> names =
          Arrays.stream(entries)
              .map(entry -> entry.getPath().getName())
              .collect(Collectors.toSet());
      if (entries.length > 0 && (folders || !content.isAll(names))) {
        throw usage(
            "%s holds more than %s, --force does not replace it; give another folder",
            target, content.noun);
      }
      return new NewFolder(files, target, true);
    } catch (IOException e) {
      throw Storage.unwritable(e, target);
    }
  }

  /**
   * Writes the folder.
   *
   * @throws FipException STORAGE when that fails; what was there before stays
   */
  void write(Filler filler) {
    Path part = sibling("part");
    try {
      filler.fill(new HadoopFolder(files, part));
      publish(part);
    } catch (IOException e) {
      throw Storage.unwritable(e, target);
    } finally {
      delete(part);
    }
  }

  private void publish(Path part) throws IOException {
    Path aside = sibling("old");
    if (replaces) {
      rename(target, aside);
    }
    try {
      rename(part, target);
    } catch (IOException e) {
      if (replaces) {
        rename(aside, target);
      }
      throw e;
    }
    delete(aside);
  }

  private Path sibling(String purpose) {
    return new Path(
        target.getParent(), "." + target.getName() + "-" + purpose + "-" + UUID.randomUUID());
  }

  private void rename(Path from, Path to) throws IOException {
    boolean reported = files.rename(from, to);
    if (files.exists(from) || !files.exists(to)) {
      throw new IOException(
          "the file system did not rename %s to %s%s"
              .formatted(from, to, reported ? ", although it says so" : ""));
    }
  }

  private void delete(Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      LOG.warn("{} is left over and can be deleted: {}", path, e.getMessage());
    }
  }

  private static FipException usage(String format, Object... arguments) {
    return new FipException(Category.USAGE, "--out: " + String.format(format, arguments));
  }
}
