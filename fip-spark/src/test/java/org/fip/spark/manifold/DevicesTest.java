package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;

class DevicesTest {
  @Test
  void aTaskWithoutAGpuComputesOnTheCpu() {
    assertEquals(Device.cpu(), Devices.ofTask());
  }

  @Test
  void theAssignedGpuIsTaken() {
    assertEquals(Device.gpu(1), Devices.of(new String[] {"1"}, 2));
  }

  @Test
  void aGpuThatTheEngineDoesNotSeeIsRefused() {
    assertRefused(new String[] {"0"}, 0, "engine sees 0 GPUs");
    assertRefused(new String[] {"2"}, 2, "GPU 2");
    assertRefused(new String[] {"-1"}, 2, "GPU -1");
    assertRefused(new String[] {"MIG-7"}, 2, "MIG-7");
  }

  private static void assertRefused(String[] addresses, int present, String named) {
    FipException failure = assertThrows(FipException.class, () -> Devices.of(addresses, present));
    assertEquals(Category.CONFIGURATION, failure.category());
    assertTrue(failure.getMessage().contains(named), failure.getMessage());
  }
}
