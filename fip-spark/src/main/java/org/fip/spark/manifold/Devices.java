package org.fip.spark.manifold;

import ai.djl.Device;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.engine.Torch;

/** The device that Spark has given to a task: the GPU it was assigned, or else the CPU. */
public final class Devices {
  private static final String GPU = "gpu";

  private Devices() {}

  /**
   * The current task's device. Whoever asks Spark for GPUs gets them or a failure, never the CPU.
   *
   * @throws FipException with category CONFIGURATION when the engine has no such GPU
   */
  public static Device ofTask() {
    TaskContext context = TaskContext.get();
    Map<String, ResourceInformation> resources =
        context == null ? Map.of() : context.resourcesJMap();
    ResourceInformation gpu = resources.get(GPU);
    return gpu == null ? Device.cpu() : of(gpu.addresses(), Torch.gpuCount());
  }

  /** The first of the assigned addresses. */
  static Device of(String[] addresses, int present) {
    String address = addresses.length == 0 ? "none" : addresses[0];
    int index;
    try {
      index = Integer.parseInt(address);
    } catch (NumberFormatException e) {
      throw new FipException(
          Category.CONFIGURATION,
          "Spark assigned GPU '"
              + address
              + "', which is not a number; let the discovery script print indices from 0",
          e);
    }
    if (index < 0 || index >= present) {
      throw new FipException(
          Category.CONFIGURATION,
          String.format(
              "Spark assigned GPU %d and the engine sees %d GPUs; use a jar with CUDA natives, or"
                  + " set no spark.task.resource.gpu.amount to compute on the CPU",
              index, present));
    }
    return Device.gpu(index);
  }
}
