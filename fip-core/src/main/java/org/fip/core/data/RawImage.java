package org.fip.core.data;

import java.util.Arrays;
import org.fip.core.FipException;

/**
 * An image before preprocessing: unsigned bytes, {@code [channels, height, width]}, one plane after
 * the other.
 *
 * @param shape its shape
 * @param pixels the bytes, length {@code shape.pixels()}; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record RawImage(ImageShape shape, byte[] pixels) {

  /** Weights of red, green and blue in the luma of ITU-R 601-2, as fractions of 65,536. */
  private static final int[] LUMA = {19595, 38470, 7471};

  /** Checks the number of bytes against the shape. */
  public RawImage {
    if (pixels.length != shape.pixels()) {
      throw FipException.data("an image of shape %s has %d bytes", shape, pixels.length);
    }
  }

  /**
   * The image with that many channels: grey is repeated into red, green and blue, and colour
   * becomes its luma, rounded to the nearest integer.
   *
   * @throws FipException DATA for any other change of channels
   */
  RawImage withChannels(int channels) {
    if (channels == shape.channels()) {
      return this;
    }
    if (shape.channels() == 1 && channels == 3) {
      return new RawImage(new ImageShape(3, shape.height(), shape.width()), repeated());
    }
    if (shape.channels() == 3 && channels == 1) {
      return new RawImage(new ImageShape(1, shape.height(), shape.width()), luma());
    }
    throw FipException.data(
        "an image of shape %s has %d channels and the network takes %d; only 1 and 3 convert",
        shape, shape.channels(), channels);
  }

  private byte[] repeated() {
    byte[] planes = Arrays.copyOf(pixels, 3 * pixels.length);
    System.arraycopy(pixels, 0, planes, pixels.length, pixels.length);
    System.arraycopy(pixels, 0, planes, 2 * pixels.length, pixels.length);
    return planes;
  }

  private byte[] luma() {
    int plane = pixels.length / 3;
    byte[] grey = new byte[plane];
    for (int i = 0; i < plane; i++) {
      int sum = 1 << 15;
      for (int channel = 0; channel < 3; channel++) {
        sum += LUMA[channel] * (pixels[channel * plane + i] & 0xFF);
      }
      grey[i] = (byte) (sum >> 16);
    }
    return grey;
  }
}
