package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import org.apache.spark.SparkConf;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;

class DevicesTest {
  private final SparkConf conf = new SparkConf(false);

  @Test
  void whoAsksForNoGpuComputesOnTheCpu() {
    assertEquals(Device.cpu(), Devices.ofTask());
    assertEquals(Device.cpu(), of(2));
  }

  @Test
  void theAssignedGpuIsTaken() {
    assertEquals(Device.gpu(1), of(2, "1"));
    assertEquals(Device.gpu(1), of(2, "1", "0"));
  }

  @Test
  void aGpuThatTheEngineDoesNotSeeIsRefused() {
    assertRefused("engine sees 0 GPUs", 0, "0");
    assertRefused("GPU 2", 2, "2");
    assertRefused("GPU -1", 2, "-1");
    assertRefused("MIG-7", 2, "MIG-7");
  }

  @Test
  void aTaskWithoutAGpuIsRefusedWhenTheApplicationAsksForGpus() {
    conf.set("spark.executor.resource.gpu.amount", "1");
    assertRefused("spark.executor.resource.gpu.amount", 1);
    conf.remove("spark.executor.resource.gpu.amount");
    conf.set("spark.task.resource.gpu.amount", "0.25");
    assertRefused("spark.executor.resource.gpu.amount", 1);
    conf.set("spark.task.resource.gpu.amount", "0");
    assertEquals(Device.cpu(), of(1));
  }

  @Test
  void aDriverThatComputesHasNoGpu() {
    assertEquals(Device.cpu(), Devices.ofDriver(conf));
    conf.set("spark.executor.resource.gpu.amount", "1");
    assertThrows(FipException.class, () -> Devices.ofDriver(conf));
    assertEquals(Device.cpu(), Devices.ofDriver(conf.set("spark.fip.device", "cpu")));
  }

  @Test
  void theCpuIsTakenInsteadOnlyWhereTheSettingSaysSo() {
    conf.set("spark.executor.resource.gpu.amount", "1").set("spark.fip.device", "cpu");
    assertEquals(Device.cpu(), of(0, "0"));
    assertEquals(Device.cpu(), of(0));
    conf.set("spark.fip.device", "auto");
    assertRefused("spark.fip.device=cpu", 0, "0");
    conf.set("spark.fip.device", "CPU");
    assertRefused("'CPU'; write auto or cpu", 1, "0");
  }

  private Device of(int present, String... assigned) {
    return Devices.of(conf, assigned, () -> present);
  }

  private void assertRefused(String named, int present, String... assigned) {
    FipException failure = assertThrows(FipException.class, () -> of(present, assigned));
    assertEquals(Category.CONFIGURATION, failure.category());
    assertTrue(failure.getMessage().contains(named), failure.getMessage());
  }
}
