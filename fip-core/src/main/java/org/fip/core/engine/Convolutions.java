package org.fip.core.engine;

import com.sun.jna.Function;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fip.core.FipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instructions that the engine's convolutions may use. oneDNN 3.7.1, which is in libtorch, cuts
 * them by the sizes of the processor's caches. Some virtual machines do not tell those; its AVX
 * kernels then divide by zero or give wrong numbers. Linux lists the caches from the same source.
 */
final class Convolutions {
  private static final Logger LOG = LoggerFactory.getLogger(Convolutions.class);
  private static final String SETTING = "ONEDNN_MAX_CPU_ISA";
  private static final String SAFE = "SSE41";
  private static final Path PROCESSOR = Path.of("/sys/devices/system/cpu/cpu0");

  private Convolutions() {}

  /**
   * Limits this process to instructions that are right on this machine, unless the user has chosen;
   * before the engine is loaded.
   *
   * @throws FipException with category CONFIGURATION when that cannot be set from here
   */
  static void choose() {
    if (System.getenv(SETTING) != null || tellsCaches(PROCESSOR)) {
      return;
    }
    try {
      Function.getFunction("c", "setenv").invokeInt(new Object[] {SETTING, SAFE, 0});
    } catch (LinkageError | RuntimeException e) {
      throw new FipException(
          FipException.Category.CONFIGURATION,
          "this machine does not tell the sizes of its caches, without which AVX convolutions of"
              + " PyTorch are wrong; set the environment variable "
              + SETTING
              + " to "
              + SAFE,
          e);
    }
    LOG.warn(
        "this machine does not tell the sizes of its caches, without which AVX convolutions of"
            + " PyTorch are wrong; they use {} (environment variable {})",
        SAFE,
        SETTING);
  }

  /** Whether Linux lists caches of a processor, or there is no Linux to ask. */
  static boolean tellsCaches(Path processor) {
    return !Files.isDirectory(processor) || Files.isDirectory(processor.resolve("cache/index0"));
  }
}
