package org.fip.spark.manifold;

import ai.djl.Device;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.engine.Torch;

/**
 * The device that a task computes on: the GPU that Spark has assigned to it; the CPU when the
 * application asks for no GPU, or when {@value #SETTING} is {@value #CPU}. Whoever asks for GPUs
 * gets them or a failure, never the CPU in silence.
 */
public final class Devices {
  /** Where tasks compute: {@value #AUTO}, which is the default, or {@value #CPU}. */
  public static final String SETTING = "spark.fip.device";

  private static final String AUTO = "auto";
  private static final String CPU = "cpu";
  private static final String GPU = "gpu";
  private static final String[] NONE = {};

  private Devices() {}

  /**
   * The current task's device.
   *
   * @throws FipException with category CONFIGURATION when the application asks for GPUs and the
   *     task has none, or one that the engine does not see
   */
  public static Device ofTask() {
    SparkEnv env = SparkEnv.get();
    return of(env == null ? new SparkConf(false) : env.conf(), addresses(), Torch::gpuCount);
  }

  /**
   * The device of a driver that computes by itself, to which Spark assigns no GPU.
   *
   * @throws FipException with category CONFIGURATION when the application asks for GPUs
   */
  static Device ofDriver(SparkConf conf) {
    return of(conf, NONE, Torch::gpuCount);
  }

  /** The GPU addresses that Spark has assigned to the current task. */
  public static String[] addresses() {
    TaskContext context = TaskContext.get();
    Map<String, ResourceInformation> resources =
        context == null ? Map.of() : context.resourcesJMap();
    ResourceInformation gpu = resources.get(GPU);
    return gpu == null ? NONE : gpu.addresses();
  }

  /**
   * The device of a task.
   *
   * @param assigned GPU addresses; one engine computes on one GPU, the first
   * @param present asked how many GPUs the engine sees, when that matters
   */
  static Device of(SparkConf conf, String[] assigned, IntSupplier present) {
    String setting = conf.get(SETTING, AUTO);
    if (setting.equals(CPU)) {
      return Device.cpu();
    }
    if (!setting.equals(AUTO)) {
      throw failure("%s is '%s'; write auto or cpu", SETTING, setting);
    }
    if (assigned.length > 0) {
      return gpu(assigned[0], present.getAsInt());
    }
    if (asks(conf, "executor") || asks(conf, "task")) {
      throw failure(
          "the application asks for GPUs and Spark has assigned none to this task; set"
              + " spark.executor.resource.gpu.amount, on a cluster whose workers offer GPUs, or"
              + " %s=cpu to compute on the CPU",
          SETTING);
    }
    return Device.cpu();
  }

  private static boolean asks(SparkConf conf, String component) {
    return conf.getDouble("spark." + component + ".resource.gpu.amount", 0) > 0;
  }

  private static Device gpu(String address, int present) {
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
      throw failure(
          "Spark assigned GPU %d and the engine sees %d GPUs; use a jar with CUDA natives on"
              + " machines with a driver, or set %s=cpu to compute on the CPU",
          index, present, SETTING);
    }
    return Device.gpu(index);
  }

  private static FipException failure(String format, Object... arguments) {
    return new FipException(Category.CONFIGURATION, String.format(format, arguments));
  }
}
