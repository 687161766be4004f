package org.fip.core.data;

import org.fip.core.FipException;

/**
 * The shape of one image, channels first.
 *
 * @param channels colour planes: 1 for grey, 3 for red, green, blue
 * @param height rows of pixels
 * @param width columns of pixels
 */
public record ImageShape(int channels, int height, int width) {

  /** Checks that no side is empty and that an image fits one array. */
  public ImageShape {
    double pixels = (double) channels * height * width;
    if (channels < 1 || height < 1 || width < 1 || pixels > Integer.MAX_VALUE - 8) {
      throw FipException.data(
          "an image of shape %dx%dx%d is not possible; give sides from 1", channels, height, width);
    }
  }

  /** How many values one image has. */
  public int pixels() {
    return channels * height * width;
  }

  /** The same channels with other sides. */
  ImageShape resized(int newHeight, int newWidth) {
    return new ImageShape(channels, newHeight, newWidth);
  }

  /** The shape as messages show it, such as {@code 3x32x32}. */
  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
