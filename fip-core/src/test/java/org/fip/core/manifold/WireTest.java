package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireTest {
  private static final int COUNT = 100;

  @ParameterizedTest
  @EnumSource
  void whatArrivesIsWhatWasSentRounded(Wire wire) {
    Random random = new Random(1);
    float[] sent = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      sent[i] = (float) (1e3 * random.nextGaussian());
    }
    float[] rounded = sent.clone();
    wire.round(rounded, 10, 90);
    ByteBuffer bytes = ByteBuffer.allocate(80 * wire.bytes());
    wire.put(sent, 10, 80, bytes);
    float[] arrived = sent.clone();
    wire.get(bytes, arrived, 10, 80);
    assertArrayEquals(rounded, arrived);
    float[] sum = sent.clone();
    wire.add(bytes, sum, 10, 80);
    for (int i = 0; i < COUNT; i++) {
      float expected = i < 10 || i >= 90 ? sent[i] : sent[i] + rounded[i];
      assertEquals(expected, sum[i]);
    }
  }

  @Test
  void bfloat16RoundsToTheNearestAndTiesToEven() {
    float[] values = {
      1 + 0x1p-8f, 1 + 0x3p-8f, 1 + 0x1.1p-8f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.NaN, -0f
    };
    Wire.BFLOAT16.round(values, 0, values.length);
    float infinity = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        new float[] {1, 1 + 0x4p-8f, 1 + 0x2p-8f, infinity, -infinity, Float.NaN, -0f}, values);
  }
}
