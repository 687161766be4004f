package org.fip.core.safetensors;

/**
 * Conversions between float and the two 16-bit formats. Widening is exact; narrowing rounds to
 * nearest, ties to even, overflows to infinity and keeps NaN a NaN.
 */
public final class HalfFloats {
  private static final float HALF_SUBNORMAL_UNIT = 0x1p-24f;
  private static final double HALF_SUBNORMAL_SCALE = 0x1p24;
  private static final int FLOAT_INFINITY = 0x7f800000;
  private static final int HALF_MIN_NORMAL_AS_FLOAT = 0x38800000;
  private static final int HALF_OVERFLOW_AS_FLOAT = 0x47800000;
  private static final int EXPONENT_SHIFT = (127 - 15) << 23;

  private HalfFloats() {}

  static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * HALF_SUBNORMAL_UNIT;
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
    }
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | FLOAT_INFINITY | (mantissa << 13));
    }
    return Float.intBitsToFloat(sign | ((exponent << 23) + EXPONENT_SHIFT) | (mantissa << 13));
  }

  static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > FLOAT_INFINITY) {
      return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
    }
    if (magnitude >= HALF_OVERFLOW_AS_FLOAT) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude >= HALF_MIN_NORMAL_AS_FLOAT) {
      // The carry of the rounding runs into the exponent, and at the top into infinity.
      int shifted = magnitude - EXPONENT_SHIFT;
      return (short) (sign | ((shifted + 0xfff + ((shifted >>> 13) & 1)) >>> 13));
    }
    return (short) (sign | (int) Math.rint(Math.abs((double) value) * HALF_SUBNORMAL_SCALE));
  }

  /** The float that a bfloat16 stands for. */
  public static float fromBrain(short brain) {
    return Float.intBitsToFloat(brain << 16);
  }

  /** The nearest bfloat16. */
  public static short toBrain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
