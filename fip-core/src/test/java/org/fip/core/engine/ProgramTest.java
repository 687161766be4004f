package org.fip.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
  private static final int LENGTH = 60;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 30, 59, 60, 61})
  void arraysCopiedInBlocksAreWhole(int block) {
    Random random = new Random(block);
    float[] values = new float[LENGTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    try (NDManager scope = Torch.newManager(Device.cpu())) {
      Shape shape = new Shape(3, 20);
      NDArray array = Program.upload(scope, values, Precision.FLOAT32, shape, block);
      assertEquals(shape, array.getShape());
      assertArrayEquals(values, Program.floats(array, LENGTH));
      assertArrayEquals(values, Program.floats(array, block));
      int held = scope.getManagedArrays().size();
      Program.floats(array, block);
      assertEquals(held, scope.getManagedArrays().size(), "arrays left behind");
    }
  }
}
