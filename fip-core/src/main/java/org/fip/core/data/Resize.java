package org.fip.core.data;

import java.util.Optional;

/**
 * Resizes planes of bytes as the image processors of Hugging Face do with Pillow: a separable
 * filter that widens when it shrinks an image, first along rows, then along columns, both in
 * fixed-point arithmetic with a result rounded to bytes.
 */
enum Resize {
  /** The pixel at each center, {@code resample: 0}. */
  NEAREST(0) {
    @Override
    double filter(double distance) {
      throw new UnsupportedOperationException("nearest has no filter");
    }

    @Override
    byte[] pass(byte[] source, int outer, int from, int to, int inner) {
      byte[] target = new byte[Examples.arrayLength(outer, to * inner)];
      double scale = (double) from / to;
      // Summed up, not multiplied, because Pillow's rounding is that of a sum.
      double center = 0.5 * scale;
      for (int position = 0; position < to; position++, center += scale) {
        int nearest = Math.min((int) center, from - 1);
        for (int block = 0; block < outer; block++) {
          System.arraycopy(
              source,
              (block * from + nearest) * inner,
              target,
              (block * to + position) * inner,
              inner);
        }
      }
      return target;
    }
  },
  /** The sinc windowed by a wider sinc, {@code resample: 1}. */
  LANCZOS(3) {
    @Override
    double filter(double distance) {
      return sinc(distance) * sinc(distance / 3);
    }
  },
  /** The triangle filter, {@code resample: 2}. */
  BILINEAR(1) {
    @Override
    double filter(double distance) {
      return 1 - distance;
    }
  },
  /** The cubic convolution of Keys (1981) with a = -1/2, {@code resample: 3}. */
  BICUBIC(2) {
    @Override
    double filter(double distance) {
      return distance < 1
          ? (1.5 * distance - 2.5) * distance * distance + 1
          : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
    }
  };

  private static final int FRACTION_BITS = 22;

  private final double support;

  /** A filter that is zero from the distance {@code support} on. */
  Resize(double support) {
    this.support = support;
  }

  /**
   * The weight of a pixel at a distance below {@code support}, before they are scaled to sum to 1.
   */
  abstract double filter(double distance);

  /** The filter of that number in Pillow. */
  static Optional<Resize> numbered(int resample) {
    return switch (resample) {
      case 0 -> Optional.of(NEAREST);
      case 1 -> Optional.of(LANCZOS);
      case 2 -> Optional.of(BILINEAR);
      case 3 -> Optional.of(BICUBIC);
      default -> Optional.empty();
    };
  }

  /** The image with another height and width; the image itself when these are its own. */
  RawImage apply(RawImage image, int height, int width) {
    ImageShape shape = image.shape();
    byte[] pixels = image.pixels();
    int rows = shape.channels() * shape.height();
    if (width != shape.width()) {
      pixels = pass(pixels, rows, shape.width(), width, 1);
    }
    if (height != shape.height()) {
      pixels = pass(pixels, shape.channels(), shape.height(), height, width);
    }
    return new RawImage(shape.resized(height, width), pixels);
  }

  /** Filters the middle axis of {@code [outer, from, inner]} to {@code [outer, to, inner]}. */
  byte[] pass(byte[] source, int outer, int from, int to, int inner) {
    byte[] target = new byte[Examples.arrayLength(outer, to * inner)];
    double scale = (double) from / to;
    double widening = Math.max(scale, 1);
    for (int position = 0; position < to; position++) {
      double center = (position + 0.5) * scale;
      int first = Math.max((int) (center - support * widening + 0.5), 0);
      int last = Math.min((int) (center + support * widening + 0.5), from);
      int[] weights = weights(first, last, center, widening);
      for (int block = 0; block < outer; block++) {
        for (int lane = 0; lane < inner; lane++) {
          int sum = 1 << (FRACTION_BITS - 1);
          for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (source[(block * from + first + i) * inner + lane] & 0xFF);
          }
          int value = Math.min(Math.max(sum >> FRACTION_BITS, 0), 255);
          target[(block * to + position) * inner + lane] = (byte) value;
        }
      }
    }
    return target;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
  }

  private int[] weights(int first, int last, double center, double widening) {
    double[] exact = new double[last - first];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      double distance = Math.abs((i + first - center + 0.5) / widening);
      exact[i] = distance < support ? filter(distance) : 0;
      sum += exact[i];
    }
    int[] weights = new int[exact.length];
    for (int i = 0; i < exact.length; i++) {
      double scaled = exact[i] / sum * (1 << FRACTION_BITS);
      weights[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return weights;
  }
}
