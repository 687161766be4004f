package org.fip.spark.importing;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.ImageFile;

/** Image files in folders of their classes. Each is decoded to see that it can be. */
final class ImageFiles implements ImportedRows {
  /** The name of an image, of which there may be millions, in a folder that many share. */
  record Name(Path folder, String name) {}

  private final FileSystem fileSystem;
  private final List<Name> images;
  private final int[] labels;

  ImageFiles(FileSystem fileSystem, List<Name> images, int[] labels) {
    this.fileSystem = fileSystem;
    this.images = images;
    this.labels = labels;
  }

  @Override
  public boolean isText() {
    return false;
  }

  @Override
  public int[] labels() {
    return labels;
  }

  @Override
  public Cursor open() {
    return new Cursor() {
      private int row;

      @Override
      public ImportedRow next() {
        return read(images.get(row++));
      }

      @Override
      public void close() {}
    };
  }

  private ImportedRow read(Name found) {
    Path image = new Path(found.folder(), new Path(null, null, found.name()));
    byte[] bytes;
    try (InputStream in = fileSystem.open(image)) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw SourceFile.failure(image, e);
    }
    try {
      ImageFile.decode(bytes);
    } catch (FipException e) {
      throw new FipException(Category.DATA, image + ": " + e.getMessage(), e);
    }
    return new ImportedRow(bytes, found.folder().getName() + "/" + found.name());
  }
}
