package org.fip.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvolutionsTest {
  @TempDir private Path folder;

  private static String environment() {
    return Function.getFunction("c", "getenv")
        .invokeString(new Object[] {"ONEDNN_MAX_CPU_ISA"}, false);
  }

  @Test
  void aProcessorWithoutCachesIsOneThatDoesNotTellThem() throws IOException {
    assertTrue(Convolutions.tellsCaches(folder.resolve("no Linux")));
    assertFalse(Convolutions.tellsCaches(folder));
    Files.createDirectories(folder.resolve("cache/index0"));
    assertTrue(Convolutions.tellsCaches(folder));
  }

  @Test
  void theProcessIsLimitedWhereCachesAreNotToldAndNowhereElse() {
    String chosen = System.getenv("ONEDNN_MAX_CPU_ISA");
    Torch.use();
    boolean told = Convolutions.tellsCaches(Path.of("/sys/devices/system/cpu/cpu0"));
    assertEquals(told || chosen != null ? chosen : "SSE41", environment());
  }
}
