package org.fip.core.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fip.core.engine.Torch;

/** What a measurement ran on, and where its result goes. */
final class Environment {
  static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Environment() {}

  static ObjectNode describe() throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("cpu", field(Path.of("/proc/cpuinfo"), "model name"));
    node.put("cores", Runtime.getRuntime().availableProcessors());
    node.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
    node.put("libtorch", Torch.version());
    node.put("threads", Integer.getInteger("fip.engine.threads", 1));
    for (String name :
        List.of("OMP_NUM_THREADS", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_")) {
      node.put(name, System.getenv(name));
    }
    node.put("commit", System.getProperty("fip.commit"));
    return node;
  }

  /** Resident memory of this process in MB. */
  static double residentMegabytes() throws IOException {
    return Double.parseDouble(field(Path.of("/proc/self/status"), "VmRSS").replaceFirst(" kB$", ""))
        / 1024;
  }

  /** The most that was resident of this process, in MB. */
  static double peakMegabytes() throws IOException {
    return Double.parseDouble(field(Path.of("/proc/self/status"), "VmHWM").replaceFirst(" kB$", ""))
        / 1024;
  }

  private static String field(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "unknown";
  }

  /** Prints the result, or writes it to the file after {@code --out}. */
  static void publish(ObjectNode result, List<String> arguments) throws IOException {
    int option = arguments.indexOf("--out");
    String text = JSON.writeValueAsString(result) + "\n";
    if (option < 0) {
      System.out.print(text);
    } else {
      Files.writeString(Path.of(arguments.get(option + 1)), text);
    }
  }
}
