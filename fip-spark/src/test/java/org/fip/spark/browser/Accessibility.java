package org.fip.spark.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What axe-core, a checker of accessibility rules, finds on a page. */
public final class Accessibility {
  private static final String AXE = read();

  private Accessibility() {}

  private static String read() {
    try (InputStream in = Accessibility.class.getResourceAsStream("/axe.min.js")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Asserts that no rule is broken, those of WCAG 2.2 AA (contrasts of 4.5 and more among them) and
   * axe's best practices.
   *
   * @param where a CSS selector
   */
  public static void check(Page page, String where) {
    page.evaluate(AXE + ";0");
    JsonNode found =
        page.evaluate(
            "axe.run('"
                + where
                + "', {resultTypes: ['violations', 'passes']}).then(found => ({passes:"
                + " found.passes.map(rule => rule.id), violations: found.violations.map(rule =>"
                + " rule.id + ': ' + rule.help + ': ' + rule.nodes.map(node =>"
                + " node.html.slice(0, 200) + ' ' + node.failureSummary).join(' | '))}))");
    List<String> violations = new ArrayList<>();
    found.path("violations").forEach(rule -> violations.add(rule.asText()));
    assertEquals(List.of(), violations);
    List<String> passes = new ArrayList<>();
    found.path("passes").forEach(rule -> passes.add(rule.asText()));
    if (!passes.contains("color-contrast")) {
      throw new AssertionError("axe has measured no contrast: " + passes);
    }
  }
}
