package org.fip.spark.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.files.Roots;

/**
 * Finds the files of a split below a path. A file is taken as Parquet. In a folder, the first of
 * these is taken:
 *
 * <ol>
 *   <li>the idx pair of MNIST's names, packed ({@code .gz}) or not;
 *   <li>{@code SPLIT.parquet}, or the shards {@code SPLIT-*.parquet}, in the folder or in its
 *       subfolder {@code data}, as the Hub has them;
 *   <li>all Parquet files in the subfolder {@code SPLIT}.
 * </ol>
 *
 * A folder in place of a Parquet file, as Spark writes it, stands for the Parquet files in it.
 * Files of a set are read in the order of their names.
 */
final class DataLayout {

  private static final Pattern SHARD = Pattern.compile(".*-(\\d+)-of-(\\d+)\\.parquet");
  private static final String PARQUET = ".parquet";
  private static final int NAMES_SHOWN = 8;

  private final FileSystem fileSystem;
  private final Path root;
  private final String split;

  private DataLayout(FileSystem fileSystem, Path root, String split) {
    this.fileSystem = fileSystem;
    this.root = root;
    this.split = split;
  }

  static RecordSource find(String path, String split, Configuration configuration)
      throws IOException {
    Path root = path(path);
    Roots.require("data", root, configuration);
    FileSystem fileSystem = Roots.fileSystem(root, configuration);
    if (!fileSystem.exists(root)) {
      throw FipException.notFound(
          "%s does not exist; correct the path of the data", fileSystem.makeQualified(root));
    }
    return new DataLayout(fileSystem, root, split).source(path, configuration);
  }

  private static Path path(String path) {
    Roots.refusePassword("data", path);
    try {
      return new Path(path);
    } catch (IllegalArgumentException e) {
      throw new FipException(
          FipException.Category.DATA,
          "'" + path + "' is no path (" + DataSets.firstLine(e) + "); correct it",
          e);
    }
  }

  private RecordSource source(String name, Configuration configuration) throws IOException {
    if (!fileSystem.getFileStatus(root).isDirectory()) {
      return new ParquetSource(List.of(root), configuration, name);
    }
    Path images = existing(IdxSource.imagesName(split));
    Path labels = existing(IdxSource.labelsName(split));
    if (images != null && labels != null) {
      return new IdxSource(fileSystem, images, labels);
    }
    List<Path> parquet = parquetFiles();
    if (!parquet.isEmpty()) {
      return new ParquetSource(parquet, configuration, name + " (" + split + ")");
    }
    throw unknown();
  }

  private Path existing(String name) throws IOException {
    for (String candidate : List.of(name + ".gz", name)) {
      Path file = new Path(root, candidate);
      if (fileSystem.exists(file)) {
        return file;
      }
    }
    return null;
  }

  private List<Path> parquetFiles() throws IOException {
    if (root.getName().endsWith(PARQUET)) {
      return expand(root, name -> name.endsWith(PARQUET));
    }
    for (Path folder : List.of(root, new Path(root, "data"))) {
      List<Path> named = expand(folder, name -> name.equals(split + PARQUET));
      if (!named.isEmpty()) {
        return named;
      }
      List<Path> shards =
          expand(folder, name -> name.startsWith(split + "-") && name.endsWith(PARQUET));
      if (!shards.isEmpty()) {
        checkComplete(shards);
        return shards;
      }
    }
    return expand(new Path(root, split), name -> name.endsWith(PARQUET));
  }

  /** The matching files of a folder, each folder among them replaced by the Parquet files in it. */
  private List<Path> expand(Path folder, Predicate<String> matches) throws IOException {
    Stream.Builder<Path> files = Stream.builder();
    for (FileStatus status : children(folder)) {
      if (!matches.test(status.getPath().getName())) {
        continue;
      }
      if (status.isDirectory()) {
        expand(status.getPath(), name -> name.endsWith(PARQUET)).forEach(files);
      } else {
        files.add(status.getPath());
      }
    }
    return files.build().toList();
  }

  /** What is in a folder, by name; hidden and unfinished files, which start so, are left out. */
  private List<FileStatus> children(Path folder) throws IOException {
    if (!fileSystem.exists(folder) || !fileSystem.getFileStatus(folder).isDirectory()) {
      return List.of();
    }
    return Arrays.stream(fileSystem.listStatus(folder))
        .filter(status -> !status.getPath().getName().matches("[._].*"))
        .sorted((a, b) -> a.getPath().getName().compareTo(b.getPath().getName()))
        .toList();
  }

  private void checkComplete(List<Path> shards) {
    for (Path shard : shards) {
      Matcher matcher = SHARD.matcher(shard.getName());
      if (matcher.matches() && Long.parseLong(matcher.group(2)) != shards.size()) {
        throw FipException.data(
            "%s is one of %s shards of %s and there are %d; fetch the others",
            shard, matcher.group(2), split, shards.size());
      }
    }
  }

  private FipException unknown() throws IOException {
    List<String> names =
        children(root).stream()
            .map(status -> status.getPath().getName() + (status.isDirectory() ? "/" : ""))
            .toList();
    String found =
        String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())))
            + (names.size() > NAMES_SHOWN ? ", … (" + names.size() + ")" : "");
    return FipException.data(
        "%s has no %s data: looked for %s and %s, each with or without .gz, %s.parquet and"
            + " %s-*.parquet, also in data/, and %s/*.parquet; it has: %s",
        fileSystem.makeQualified(root),
        split,
        IdxSource.imagesName(split),
        IdxSource.labelsName(split),
        split,
        split,
        split,
        found.isEmpty() ? "nothing" : found);
  }
}
