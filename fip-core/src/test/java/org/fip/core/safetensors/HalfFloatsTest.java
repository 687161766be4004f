package org.fip.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class HalfFloatsTest {

  @Test
  void everyHalfSurvivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfFloats.fromHalf((short) bits);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(HalfFloats.fromHalf(HalfFloats.toHalf(value))));
      } else {
        assertEquals((short) bits, HalfFloats.toHalf(value), "bits " + bits);
      }
    }
  }

  @Test
  void everyBrainFloatSurvivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfFloats.fromBrain((short) bits);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(HalfFloats.fromBrain(HalfFloats.toBrain(value))));
      } else {
        assertEquals((short) bits, HalfFloats.toBrain(value), "bits " + bits);
      }
    }
  }

  @Test
  void knownHalvesHaveTheirValue() {
    assertEquals(1f, HalfFloats.fromHalf((short) 0x3c00));
    assertEquals(-2f, HalfFloats.fromHalf((short) 0xc000));
    assertEquals(65504f, HalfFloats.fromHalf((short) 0x7bff));
    assertEquals(0x1p-14f, HalfFloats.fromHalf((short) 0x0400));
    assertEquals(0x1p-24f, HalfFloats.fromHalf((short) 0x0001));
    assertEquals(Float.NEGATIVE_INFINITY, HalfFloats.fromHalf((short) 0xfc00));
    assertEquals(0x7c00, HalfFloats.toHalf(65520f));
    assertEquals(0x7bff, HalfFloats.toHalf(Math.nextDown(65520f)));
    assertEquals(0x7c00, HalfFloats.toHalf(1e30f));
  }

  @Test
  void roundingIsToNearestWithTiesToEven() {
    long seed = 20260101;
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      float half = (random.nextFloat() - 0.5f) * (float) Math.pow(2, random.nextInt(44) - 28);
      assertNearest(half, HalfFloats.toHalf(half), HalfFloats::fromHalf, seed);
      float any = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(any) && Math.abs(any) < 3e38f) {
        assertNearest(any, HalfFloats.toBrain(any), HalfFloats::fromBrain, seed);
      }
    }
    for (int bits = 0; bits < 0x7bff; bits++) {
      float middle =
          (HalfFloats.fromHalf((short) bits) + HalfFloats.fromHalf((short) (bits + 1))) / 2;
      assertEquals((short) (bits + (bits & 1)), HalfFloats.toHalf(middle), "above " + bits);
    }
  }

  private static void assertNearest(
      float value, short rounded, Function<Short, Float> widen, long seed) {
    double error = Math.abs((double) widen.apply(rounded) - value);
    for (int step : new int[] {-1, 1}) {
      short neighbour = (short) (rounded + step);
      if (((neighbour ^ rounded) & 0x8000) != 0) {
        continue;
      }
      double other = Math.abs((double) widen.apply(neighbour) - value);
      boolean nearest = error < other || (error == other && (rounded & 1) == 0);
      assertTrue(
          nearest, () -> String.format("seed %d: %s became %s", seed, value, widen.apply(rounded)));
    }
  }
}
