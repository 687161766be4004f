package org.fip.core.network;

import org.fip.core.FipException;

/**
 * A two-dimensional convolution, with the batch normalisation that follows it if there is one.
 *
 * <p>With running statistics, batch normalisation multiplies each channel by a number and adds
 * another, so that a convolution with other weights does both: no activation of its own is computed
 * or kept, and no pass over one is spent on it, forward, tangent or backward.
 *
 * @param name prefix of {@code weight} and {@code bias}
 * @param outputs channels that come out
 * @param rows how the kernel lies along the height
 * @param columns how it lies along the width
 * @param bias whether it has one
 * @param normalization what follows, or null
 */
public record Convolution(
    String name, int outputs, Axis rows, Axis columns, boolean bias, Normalization normalization) {

  /**
   * How a window lies along an axis.
   *
   * @param size positions under it
   * @param stride positions from one place to the next
   * @param padding zeros at either end
   */
  public record Axis(int size, int stride, int padding) {

    /**
     * How many places it has along an axis, {@link Value#ANY} where the data decide.
     *
     * @throws FipException with category DATA when it has none
     */
    int places(int length) {
      if (length == Value.ANY) {
        return Value.ANY;
      }
      int places = Math.floorDiv(length + 2 * padding - size, stride) + 1;
      if (places < 1) {
        throw FipException.data(
            "an input side of %d is too small for a window of %d with padding %d",
            length, size, padding);
      }
      return places;
    }
  }

  /**
   * Batch normalisation with running statistics.
   *
   * @param name prefix of its tensors
   * @param epsilon what it adds to the variance
   */
  public record Normalization(String name, double epsilon) {}

  /** A square kernel with stride 1, no padding and no bias. */
  public static Convolution of(String name, int outputs, int kernel) {
    Axis axis = new Axis(kernel, 1, 0);
    return new Convolution(name, outputs, axis, axis, false, null);
  }

  /** A kernel with bias that takes each patch of an image once. */
  public static Convolution ofPatches(String name, int outputs, int height, int width) {
    return new Convolution(
        name, outputs, new Axis(height, height, 0), new Axis(width, width, 0), true, null);
  }

  /** With another name. */
  public Convolution named(String other) {
    return new Convolution(other, outputs, rows, columns, bias, normalization);
  }

  /** With another stride. */
  public Convolution stride(int stride) {
    return along(
        new Axis(rows.size, stride, rows.padding), new Axis(columns.size, stride, columns.padding));
  }

  /** With zeros around the image. */
  public Convolution padding(int zeros) {
    return along(
        new Axis(rows.size, rows.stride, zeros), new Axis(columns.size, columns.stride, zeros));
  }

  private Convolution along(Axis otherRows, Axis otherColumns) {
    return new Convolution(name, outputs, otherRows, otherColumns, bias, normalization);
  }

  /** With a bias. */
  public Convolution withBias() {
    return new Convolution(name, outputs, rows, columns, true, normalization);
  }

  /** Followed by batch normalisation with running statistics. */
  public Convolution normalized(String prefix, double epsilon) {
    return new Convolution(name, outputs, rows, columns, bias, new Normalization(prefix, epsilon));
  }
}
