package org.fip.core.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.plugins.jpeg.JPEGImageReadParam;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.fip.core.FipException;

/**
 * Decodes PNG and JPEG files to grey or red-green-blue bytes. Samples are taken from the raster:
 * {@link BufferedImage#getRGB(int, int)} would treat grey as linear light and change its values.
 * Transparency is dropped.
 */
public final class ImageFile {

  private static final long MOST_PIXELS = 1L << 26;

  private ImageFile() {}

  /**
   * Decodes a file.
   *
   * @throws FipException DATA when it is no PNG or JPEG file, is damaged, or is of a kind that is
   *     not supported
   */
  public static RawImage decode(byte[] file) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw FipException.data(
            "%d bytes that are no PNG or JPEG file; store images in one of these", file.length);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return read(reader);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // The readers of the class library report some damage by unchecked exceptions.
      throw new FipException(
          FipException.Category.DATA,
          String.format(
              "an image file of %d bytes does not decode (%s); store it again as PNG or JPEG",
              file.length, firstLine(e)),
          e);
    }
  }

  private static RawImage read(ImageReader reader) throws IOException {
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    if (pixels > MOST_PIXELS) {
      throw FipException.data(
          "an image of %dx%d is larger than the %d pixels that are decoded; scale it down",
          reader.getHeight(0), reader.getWidth(0), MOST_PIXELS);
    }
    BufferedImage image = reader.read(0, asStored(reader));
    ColorModel colours = image.getColorModel();
    if (colours instanceof IndexColorModel palette) {
      return fromPalette(image.getRaster(), palette);
    }
    int type = colours.getColorSpace().getType();
    int bits = colours.getComponentSize(0);
    if ((type != ColorSpace.TYPE_GRAY && type != ColorSpace.TYPE_RGB) || bits != 8) {
      throw FipException.data(
          "an image of %d-bit components in colour space type %d is not supported; store 8-bit grey"
              + " or RGB",
          bits, type);
    }
    return fromPlanes(image.getRaster(), type == ColorSpace.TYPE_GRAY ? 1 : 3);
  }

  /**
   * How colours are read as they are stored: where a JPEG has a profile, the class library's reader
   * converts by it, unless it is told which of the three components to take.
   */
  private static ImageReadParam asStored(ImageReader reader) throws IOException {
    ImageReadParam parameters = reader.getDefaultReadParam();
    if (parameters instanceof JPEGImageReadParam && hasColours(reader)) {
      parameters.setSourceBands(new int[] {0, 1, 2});
    }
    return parameters;
  }

  private static boolean hasColours(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return types.hasNext() && types.next().getNumBands() == 3;
  }

  private static RawImage fromPlanes(Raster raster, int channels) {
    ImageShape shape = new ImageShape(channels, raster.getHeight(), raster.getWidth());
    byte[] pixels = new byte[shape.pixels()];
    int next = 0;
    for (int channel = 0; channel < channels; channel++) {
      for (int sample : samples(raster, channel)) {
        pixels[next++] = (byte) sample;
      }
    }
    return new RawImage(shape, pixels);
  }

  private static RawImage fromPalette(Raster raster, IndexColorModel palette) {
    int size = palette.getMapSize();
    byte[][] colours = new byte[3][size];
    palette.getReds(colours[0]);
    palette.getGreens(colours[1]);
    palette.getBlues(colours[2]);
    boolean grey = true;
    for (int i = 0; i < size; i++) {
      grey &= colours[0][i] == colours[1][i] && colours[1][i] == colours[2][i];
    }
    int[] indices = samples(raster, 0);
    ImageShape shape = new ImageShape(grey ? 1 : 3, raster.getHeight(), raster.getWidth());
    byte[] pixels = new byte[shape.pixels()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = colours[i / indices.length][indices[i % indices.length]];
    }
    return new RawImage(shape, pixels);
  }

  private static int[] samples(Raster raster, int channel) {
    return raster.getSamples(
        raster.getMinX(),
        raster.getMinY(),
        raster.getWidth(),
        raster.getHeight(),
        channel,
        (int[]) null);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no detail");
  }
}
