package org.fip.spark.importing;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.fip.core.data.IdxReader;

/** A pair of idx files; its images become PNG files. */
final class IdxPair implements ImportedRows {
  private final SourceFile images;
  private final SourceFile labelsFile;
  private final int[] labels;

  IdxPair(SourceFile images, SourceFile labelsFile) throws IOException {
    this.images = images;
    this.labelsFile = labelsFile;
    try (InputStream in = labelsFile.open()) {
      labels = IdxReader.open(in, 1, labelsFile.toString()).readLabels();
    } catch (IOException e) {
      throw labelsFile.failure(e);
    }
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
    try {
      InputStream in = images.open();
      try {
        IdxReader reader = IdxReader.open(in, 3, images.toString());
        IdxReader.checkSameCount(
            images.toString(), reader.count(), labelsFile.toString(), labels.length);
        return cursor(in, reader);
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    } catch (IOException e) {
      throw images.failure(e);
    }
  }

  private Cursor cursor(InputStream in, IdxReader reader) {
    int[] dimensions = reader.dimensions();
    return new Cursor() {
      private int row;

      @Override
      public ImportedRow next() {
        try {
          byte[] png = GreyPng.encode(reader.readRecord(), dimensions[1], dimensions[2]);
          return new ImportedRow(png, String.format(Locale.ROOT, "%06d.png", row++));
        } catch (IOException e) {
          throw images.failure(e);
        }
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }
}
