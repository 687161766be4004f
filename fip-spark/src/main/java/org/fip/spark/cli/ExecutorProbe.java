package org.fip.spark.cli;

import ai.djl.Device;
import ai.djl.util.Utils;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.util.SerializableConfiguration;
import org.fip.core.engine.Torch;
import org.fip.spark.manifold.Devices;
import org.fip.spark.manifold.EachExecutor;

/**
 * What {@code doctor} asks every executor: whether the engine loads and computes on the task's
 * device, and whether the folders that the driver has written to can be used from there.
 *
 * @param markers files that the driver has left in these folders
 * @param hadoop how file systems are reached
 */
record ExecutorProbe(List<String> markers, SerializableConfiguration hadoop)
    implements EachExecutor.Question {

  @Override
  public String answer() {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    List<Check> checks = new ArrayList<>();
    facts.put("java", System.getProperty("java.version"));
    checks.add(MachineChecks.java());
    cache(facts);
    checks.add(MachineChecks.cache());
    engine(facts, checks);
    for (String marker : markers) {
      checks.add(StorageCheck.beside(new org.apache.hadoop.fs.Path(marker), hadoop.value()));
    }
    return ExecutorReport.send(facts, checks);
  }

  private static void cache(ObjectNode facts) {
    Path cache = Utils.getEngineCacheDir();
    facts.put("cache", cache.toString());
    try {
      Files.createDirectories(cache);
      facts.put("cacheFreeMiB", Files.getFileStore(cache).getUsableSpace() >> 20);
    } catch (IOException e) {
      // The check of the cache says so.
    }
  }

  private static void engine(ObjectNode facts, List<Check> checks) {
    String[] gpus = Devices.addresses();
    if (gpus.length > 0) {
      facts.put("gpus", String.join(",", gpus));
    }
    try {
      facts.put("engine", "PyTorch " + Torch.version());
    } catch (RuntimeException | LinkageError e) {
      checks.add(Check.failed("engine", Failure.of(e).line(), "see the line of the engine"));
      return;
    }
    try {
      Device device = Devices.ofTask();
      facts.put("device", device.toString());
      checks.add(EngineChecks.product(device));
    } catch (RuntimeException e) {
      checks.add(Check.failed("device", Failure.of(e).line(), "see the line of the device"));
    }
  }
}
