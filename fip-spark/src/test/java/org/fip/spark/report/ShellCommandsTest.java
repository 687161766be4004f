package org.fip.spark.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellCommandsTest {
  @Test
  void wordsThatAShellWouldCutOrRunAreQuoted() {
    assertEquals(
        "fip report file:/x/a_b 'hdfs://h:1/my path' --out report.html",
        ShellCommands.report(List.of("file:/x/a_b", "hdfs://h:1/my path")));
    assertEquals(
        "fip export --store '/x/$(run);' --out 'models/it'\\''s'",
        ShellCommands.export("/x/$(run);", "it's"));
  }
}
