package org.fip.core.data;

import java.util.OptionalInt;

/**
 * The images that a network takes: always with a number of channels, and with a height and a width
 * where its configuration fixes them.
 *
 * @param channels colour planes: 1 for grey, 3 for red, green, blue
 * @param height rows of pixels, empty for any
 * @param width columns of pixels, empty for any
 */
public record ImageInput(int channels, OptionalInt height, OptionalInt width) {

  /** Images of exactly this shape. */
  public static ImageInput of(ImageShape shape) {
    return new ImageInput(
        shape.channels(), OptionalInt.of(shape.height()), OptionalInt.of(shape.width()));
  }

  /** Images of any height and width. */
  public static ImageInput anySize(int channels) {
    return new ImageInput(channels, OptionalInt.empty(), OptionalInt.empty());
  }

  /** Whether an image of this shape is one of them. */
  boolean accepts(ImageShape shape) {
    return shape.equals(shape(shape.height(), shape.width()));
  }

  /** The shape, with these sides where any will do. */
  ImageShape shape(int anyHeight, int anyWidth) {
    return new ImageShape(channels, height.orElse(anyHeight), width.orElse(anyWidth));
  }

  /** The form that messages show, such as {@code 3x32x32} or {@code 3 x any x any}. */
  @Override
  public String toString() {
    return height.isPresent() && width.isPresent()
        ? shape(1, 1).toString()
        : channels + " x " + side(height) + " x " + side(width);
  }

  private static String side(OptionalInt side) {
    return side.isPresent() ? String.valueOf(side.getAsInt()) : "any";
  }
}
