package org.fip.spark.cli;

import ai.djl.util.Utils;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Looks at Java, the machine and the environment of this process. */
final class MachineChecks {
  private static final int OLDEST_JAVA = 17;
  private static final Set<Integer> KNOWN_JAVA = Set.of(17, 21, 25);
  private static final long MIB = 1L << 20;

  /** Half a gigabyte of native libraries is unpacked there once, with room to do it. */
  private static final long CACHE_BYTES = 1024 * MIB;

  private static final long SMALL_HEAP_BYTES = 900 * MIB;

  private MachineChecks() {}

  static List<Check> all() {
    return List.of(java(), platform(), memory(), threads(), cache());
  }

  static Check java() {
    int feature = Runtime.version().feature();
    String found = System.getProperty("java.version") + ", " + System.getProperty("java.vendor");
    if (feature < OLDEST_JAVA) {
      return Check.failed("java", found, "install JDK 17 or later and set JAVA_HOME");
    }
    return KNOWN_JAVA.contains(feature)
        ? Check.ok("java", "%s", found)
        : Check.warning("java", found, "17, 21 and 25 are tested; use one of them when in doubt");
  }

  private static Check platform() {
    String found = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    return found.equals("Linux amd64")
        ? Check.ok("platform", "%s, %d cores", found, Runtime.getRuntime().availableProcessors())
        : Check.failed("platform", found, "the native library of this build is for Linux amd64");
  }

  private static Check memory() {
    long heap = Runtime.getRuntime().maxMemory();
    long physical =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : 0;
    String found = String.format("heap %d MiB of %d MiB", heap / MIB, physical / MIB);
    if (heap < SMALL_HEAP_BYTES) {
      return Check.warning("memory", found, "give the driver more with --driver-memory 2g");
    }
    return physical > 0 && heap > physical * 4 / 5
        ? Check.warning(
            "memory", found, "the engine needs memory beside the heap; lower --driver-memory")
        : Check.ok("memory", "%s", found);
  }

  private static Check threads() {
    String value = System.getenv("OMP_NUM_THREADS");
    return value == null
        ? Check.warning(
            "threads",
            "OMP_NUM_THREADS is not set",
            "set it to 1, as scripts/fip does: tasks of Spark are the parallelism")
        : Check.ok("threads", "OMP_NUM_THREADS=%s", value);
  }

  static Check cache() {
    Path cache = Utils.getEngineCacheDir();
    String advice = "set DJL_CACHE_DIR to a folder that can be written";
    try {
      Files.createDirectories(cache);
      Files.delete(Files.createTempFile(cache, "doctor", ".tmp"));
      FileStore disk = Files.getFileStore(cache);
      String found =
          String.format("%s can be written, %d MiB free", cache, disk.getUsableSpace() / MIB);
      return disk.getUsableSpace() < CACHE_BYTES
          ? Check.warning("engine cache", found, "free some space, or " + advice)
          : Check.ok("engine cache", "%s", found);
    } catch (IOException e) {
      return Check.failed("engine cache", cache + " cannot be written: " + e, advice);
    }
  }
}
