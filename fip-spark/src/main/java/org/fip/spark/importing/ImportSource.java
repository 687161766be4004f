package org.fip.spark.importing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.data.DataSelector;
import org.fip.spark.files.Roots;

/**
 * What is found at a path: a table, a folder with tables {@code train} and {@code test}, a folder
 * with idx pairs, or folders of images.
 *
 * @param splits the rows of {@code train} and {@code test}, or of one of them
 * @param names the names of the classes by label
 * @param passedOver how many files are no images
 */
record ImportSource(Map<String, ImportedRows> splits, List<String> names, int passedOver) {
  private static final List<String> SPLITS = List.of(DataSelector.TRAIN, DataSelector.TEST);
  private static final List<String> TABLES = List.of(".csv", ".csv.gz", ".jsonl", ".jsonl.gz");

  /**
   * Finds the splits and reads their labels.
   *
   * @throws FipException NOT_FOUND when there is nothing, DATA when it is no data
   */
  static ImportSource find(Path root, ImportOptions options, Configuration configuration) {
    try {
      FileSystem named = Roots.fileSystem(root, configuration);
      // The checksummed one cannot open names with colons.
      FileSystem files = named instanceof LocalFileSystem local ? local.getRaw() : named;
      FileStatus status;
      try {
        status = files.getFileStatus(root);
      } catch (FileNotFoundException e) {
        throw new FipException(
            Category.NOT_FOUND, root + " does not exist; correct the path of the source", e);
      }
      ImportSource source =
          status.isDirectory()
              ? new Finder(files, root, options).find()
              : file(new SourceFile(files, root), options);
      source.splits.forEach(
          (split, rows) -> {
            if (rows.labels().length == 0) {
              throw FipException.data("%s has no rows in %s; add some", root, split);
            }
          });
      return source;
    } catch (IOException e) {
      throw SourceFile.failure(root, e);
    }
  }

  private static ImportSource file(SourceFile file, ImportOptions options) {
    if (!TableFile.isTable(file.path().getName())) {
      throw FipException.data(
          "%s is no .csv, .jsonl, .csv.gz or .jsonl.gz file; give one, or a folder", file);
    }
    String split = options.split() == null ? DataSelector.TRAIN : options.split();
    return tables(Map.of(split, file), options);
  }

  private static ImportSource tables(Map<String, SourceFile> files, ImportOptions options) {
    LabelColumn column = new LabelColumn();
    Map<String, ImportedRows> splits = new TreeMap<>();
    files.forEach((split, file) -> splits.put(split, new TableFile(file, options, column)));
    return new ImportSource(splits, column.names(), 0);
  }

  /** Looks into a folder. */
  private record Finder(FileSystem files, Path root, ImportOptions options) {

    ImportSource find() throws IOException {
      Map<String, SourceFile> tables = new TreeMap<>();
      Map<String, ImportedRows> pairs = new TreeMap<>();
      for (String split : wanted()) {
        List<SourceFile> found = existing(split, TABLES);
        if (found.size() > 1) {
          throw FipException.data("%s and %s are one split; keep one", found.get(0), found.get(1));
        }
        found.forEach(file -> tables.put(split, file));
        String prefix = split.equals(DataSelector.TEST) ? "t10k" : split;
        List<SourceFile> images = existing(prefix + "-images-idx3-ubyte", List.of(".gz", ""));
        List<SourceFile> labels = existing(prefix + "-labels-idx1-ubyte", List.of(".gz", ""));
        if (!images.isEmpty() && !labels.isEmpty()) {
          pairs.put(split, new IdxPair(images.get(0), labels.get(0)));
        }
      }
      if (!pairs.isEmpty()) {
        return new ImportSource(pairs, numbers(pairs), 0);
      }
      return tables.isEmpty() ? images() : tables(tables, options);
    }

    private List<String> wanted() {
      return options.split() == null ? SPLITS : List.of(options.split());
    }

    private List<SourceFile> existing(String name, List<String> endings) throws IOException {
      List<SourceFile> found = new ArrayList<>();
      for (String ending : endings) {
        Path file = new Path(root, name + ending);
        if (files.exists(file) && files.getFileStatus(file).isFile()) {
          found.add(new SourceFile(files, file));
        }
      }
      return found;
    }

    private ImportSource images() throws IOException {
      Map<String, ClassFolders> folders = new TreeMap<>();
      if (hasSplits()) {
        for (String split : wanted()) {
          Path folder = new Path(root, split);
          if (files.exists(folder)) {
            folders.put(split, ClassFolders.of(files, folder));
          }
        }
      } else {
        folders.put(wanted().get(0), ClassFolders.of(files, root));
      }
      TreeSet<String> distinct = new TreeSet<>();
      folders.values().forEach(split -> distinct.addAll(split.names()));
      if (distinct.isEmpty()) {
        throw FipException.data(
            "%s has no data to import; give folders CLASS/IMAGE.png or .jpg, idx pairs under MNIST's"
                + " names, or train and test as .csv or .jsonl",
            root);
      }
      List<String> names = List.copyOf(distinct);
      Map<String, ImportedRows> splits = new TreeMap<>();
      folders.forEach((split, found) -> splits.put(split, found.rows(names)));
      int passedOver = folders.values().stream().mapToInt(ClassFolders::passedOver).sum();
      return new ImportSource(splits, names, passedOver);
    }

    /** Whether all folders are splits, of folders again; otherwise {@code train} is a class. */
    private boolean hasSplits() throws IOException {
      boolean splits = false;
      for (FileStatus child : ClassFolders.visible(files, root)) {
        if (child.isDirectory()) {
          if (!SPLITS.contains(child.getPath().getName())
              || ClassFolders.hasImages(files, child.getPath())) {
            return false;
          }
          splits = true;
        }
      }
      return splits;
    }

    private static List<String> numbers(Map<String, ImportedRows> splits) {
      int largest =
          splits.values().stream()
              .flatMapToInt(rows -> Arrays.stream(rows.labels()))
              .max()
              .orElse(-1);
      return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    }
  }
}
