package org.fip.spark.importing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/** The folders of classes below one folder, by their names, and the images in each. */
final class ClassFolders {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  private final FileSystem fileSystem;
  private final Map<String, List<ImageFiles.Name>> classes = new TreeMap<>();
  private int passedOver;

  private ClassFolders(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * Lists the classes.
   *
   * @throws FipException DATA when a folder has no images, which would be a class without examples
   */
  static ClassFolders of(FileSystem fileSystem, Path root) throws IOException {
    ClassFolders found = new ClassFolders(fileSystem);
    for (FileStatus child : visible(fileSystem, root)) {
      if (!child.isDirectory()) {
        found.passedOver++;
        continue;
      }
      List<ImageFiles.Name> images = found.images(child.getPath());
      if (images.isEmpty()) {
        throw FipException.data(
            "%s has no .png, .jpg or .jpeg file; give folders CLASS/IMAGE, train/CLASS/IMAGE or"
                + " test/CLASS/IMAGE and nothing else",
            child.getPath());
      }
      found.classes.put(child.getPath().getName(), images);
    }
    return found;
  }

  /** The names of the classes, sorted. */
  List<String> names() {
    return List.copyOf(classes.keySet());
  }

  /** How many files are no images. */
  int passedOver() {
    return passedOver;
  }

  /** All images, their labels being places in {@code names}. */
  ImageFiles rows(List<String> names) {
    List<ImageFiles.Name> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    classes.forEach(
        (name, files) -> {
          images.addAll(files);
          labels.addAll(Collections.nCopies(files.size(), names.indexOf(name)));
        });
    return new ImageFiles(
        fileSystem, images, labels.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Whether images lie in this very folder. */
  static boolean hasImages(FileSystem fileSystem, Path folder) throws IOException {
    return visible(fileSystem, folder).stream().anyMatch(ClassFolders::isImage);
  }

  /** What is in a folder, by name, hidden files left out. */
  static List<FileStatus> visible(FileSystem fileSystem, Path folder) throws IOException {
    return Arrays.stream(fileSystem.listStatus(folder))
        .filter(status -> !status.getPath().getName().startsWith("."))
        .sorted(Comparator.comparing(status -> status.getPath().getName()))
        .toList();
  }

  private List<ImageFiles.Name> images(Path folder) throws IOException {
    List<ImageFiles.Name> images = new ArrayList<>();
    for (FileStatus status : visible(fileSystem, folder)) {
      if (isImage(status)) {
        images.add(new ImageFiles.Name(folder, status.getPath().getName()));
      } else {
        passedOver++;
      }
    }
    return images;
  }

  private static boolean isImage(FileStatus status) {
    String name = status.getPath().getName().toLowerCase(Locale.ROOT);
    return status.isFile() && ENDINGS.stream().anyMatch(name::endsWith);
  }
}
