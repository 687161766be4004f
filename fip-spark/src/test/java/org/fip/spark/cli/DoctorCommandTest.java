package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  @Test
  void looksAtEverythingAndFailsWhenAFolderCannotBeWritten(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path fresh = folder.resolve("fresh");
    CommandLineRun run =
        CommandLineRun.of(
            "doctor", "--path", fresh.toString(), "--path", file + "/below", "--json");
    Map<String, String> status = new HashMap<>();
    for (JsonNode check : run.json().get("checks")) {
      status.put(check.get("name").asText(), check.get("status").asText());
    }
    assertEquals("ok", status.get("java"), run.out());
    assertEquals("ok", status.get("engine"), run.out());
    assertEquals("ok", status.get("product on cpu()"), run.out());
    assertEquals("ok", status.get("spark"), run.out());
    assertEquals("ok", status.get("storage " + fresh), run.out());
    assertEquals("failed", status.get("storage " + file + "/below"), run.out());
    assertEquals(78, run.exitCode());
    assertTrue(
        run.err().contains("checks failed: storage " + file + "/below; check address"), run.err());
    assertTrue(Files.notExists(fresh));
  }
}
