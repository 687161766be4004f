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
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param strideHeight rows from one place of the kernel to the next
 * @param strideWidth columns from one place of the kernel to the next
 * @param padding zeros around the image
 * @param bias whether it has one
 * @param normalization prefix of the normalisation's tensors, or null
 * @param epsilon what the normalisation adds to the variance
 */
public record Convolution(
    String name,
    int outputs,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padding,
    boolean bias,
    String normalization,
    double epsilon) {

  /** A square kernel with stride 1, no padding and no bias. */
  public static Convolution of(String name, int outputs, int kernel) {
    return new Convolution(name, outputs, kernel, kernel, 1, 1, 0, false, null, 0);
  }

  /** A kernel that takes each patch of an image once. */
  public static Convolution ofPatches(String name, int outputs, int height, int width) {
    return new Convolution(name, outputs, height, width, height, width, 0, true, null, 0);
  }

  /** With another name. */
  public Convolution named(String other) {
    return new Convolution(
        other,
        outputs,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        bias,
        normalization,
        epsilon);
  }

  /** With another stride. */
  public Convolution stride(int stride) {
    return new Convolution(
        name,
        outputs,
        kernelHeight,
        kernelWidth,
        stride,
        stride,
        padding,
        bias,
        normalization,
        epsilon);
  }

  /** With zeros around the image. */
  public Convolution padding(int zeros) {
    return new Convolution(
        name,
        outputs,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        zeros,
        bias,
        normalization,
        epsilon);
  }

  /** With a bias. */
  public Convolution withBias() {
    return new Convolution(
        name,
        outputs,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        true,
        normalization,
        epsilon);
  }

  /** Followed by batch normalisation with running statistics. */
  public Convolution normalized(String prefix, double added) {
    return new Convolution(
        name,
        outputs,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        bias,
        prefix,
        added);
  }

  /** How many places a window has along an axis, {@link Value#ANY} where the data decide. */
  static int window(int length, int kernel, int stride, int padding) {
    if (length == Value.ANY) {
      return Value.ANY;
    }
    int positions = Math.floorDiv(length + 2 * padding - kernel, stride) + 1;
    if (positions < 1) {
      throw FipException.data(
          "an input side of %d is too small for a window of %d with padding %d",
          length, kernel, padding);
    }
    return positions;
  }
}
