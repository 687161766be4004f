package org.fip.core.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import org.fip.core.FipException;

/**
 * The PyTorch engine of this process: loaded once, without network access, and set up anew on every
 * thread that calls it.
 *
 * <p>Three of libtorch's settings belong to the thread and not to the process: the number of
 * threads of one operation, the graph optimiser (which breaks programs that switch gradient
 * recording), and gradient recording itself (on by default everywhere but on the loading thread).
 */
public final class Torch {
  private static final ThreadLocal<Boolean> PREPARED = new ThreadLocal<>();
  private static volatile Engine engine;

  private Torch() {}

  /**
   * Loads the engine when it is not yet, and prepares the calling thread.
   *
   * @throws FipException with category CONFIGURATION when the native library cannot be loaded, or
   *     computes wrongly on this machine as it is set up
   */
  public static void use() {
    if (engine == null) {
      load();
    }
    if (PREPARED.get() == null) {
      JniUtils.setNumThreads(Integer.getInteger("fip.engine.threads", 1));
      JniUtils.setGraphExecutorOptimize(false);
      JniUtils.setGradMode(false);
      PREPARED.set(true);
    }
  }

  private static synchronized void load() {
    if (engine != null) {
      return;
    }
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    Convolutions.choose();
    try {
      engine = Engine.getEngine("PyTorch");
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new FipException(
          FipException.Category.CONFIGURATION,
          "cannot load the PyTorch native library: "
              + rootMessage(e)
              + "; check the platform (linux-x86_64) and that DJL_CACHE_DIR is writable",
          e);
    }
  }

  private static void setIfAbsent(String key, String value) {
    if (System.getProperty(key) == null && System.getenv(key) == null) {
      System.setProperty(key, value);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    return message.lines().findFirst().orElse(root.getClass().getSimpleName());
  }

  /** Version of libtorch, such as 2.7.1. */
  public static String version() {
    use();
    return engine.getVersion();
  }

  /** How many CUDA devices the engine sees. */
  public static int gpuCount() {
    use();
    return engine.getGpuCount();
  }

  /** A new root of native arrays on the device; the caller closes it, and with it all arrays. */
  public static NDManager newManager(Device device) {
    use();
    return NDManager.newBaseManager(device, "PyTorch");
  }
}
