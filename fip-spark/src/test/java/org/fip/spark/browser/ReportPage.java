package org.fip.spark.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A report in a browser: on a phone, on a desk, in the dark, on paper, and read aloud. */
public final class ReportPage {
  private static final int PHONE = 320;
  private static final int DESK = 1280;

  /** A4 in CSS pixels, less the margins that the browser leaves. */
  private static final int PAPER = 718;

  /** What is wider than the window and not in a box of its own that scrolls. */
  private static final String TOO_WIDE =
      """
      [...document.body.querySelectorAll('*')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5)
            && !e.closest('.scroll > *, pre, svg');
      }).map(e => e.outerHTML.slice(0, 120))
      """;

  /** Figures without words or values, tables without caption or headers with a scope. */
  private static final String SILENT =
      """
      [...document.querySelectorAll('figure')].filter(f =>
          !(f.querySelector('[role=img]')?.getAttribute('aria-label')?.length > 20)
          || f.querySelectorAll('details table tbody tr').length == 0)
        .concat([...document.querySelectorAll('table')].filter(t =>
          !t.caption?.textContent.trim()
          || [...t.querySelectorAll('th')].some(h => !h.scope || !h.textContent.trim())
          || [...t.tBodies[0].rows].some(r => r.cells[0].tagName != 'TH')))
        .map(e => e.outerHTML.slice(0, 300))
      """;

  private static final String COLOURS =
      """
      (() => {
        const style = (e, name) => getComputedStyle(e)[name];
        const plot = document.querySelector('.chart svg');
        const fills = plot ? [...plot.querySelectorAll('rect:not(defs *), path')].map(e => style(e, 'fill')) : [];
        return [style(document.body, 'backgroundColor'), style(document.body, 'color'),
            fills[0] ?? '', fills.find(f => f != fills[0] && f != 'none') ?? ''];
      })()
      """;

  private final Page page;
  private final URI address;
  private final String name;

  private ReportPage(Page page, Path file, String name) {
    this.page = page;
    this.address = file.toUri();
    this.name = name;
  }

  /**
   * Checks a report, and keeps pictures of it.
   *
   * @param name of the pictures
   */
  public static void check(Browser browser, Path file, String name) {
    try (Page page = browser.page()) {
      new ReportPage(page, file, name).check();
    }
  }

  private void check() {
    page.size(PHONE, 640).medium("screen", "light").load(address);
    keep("phone");
    openAll();
    assertFits(PHONE, "on a phone");
    assertEquals(List.of(), texts(page.evaluate(SILENT)), name + ": silent");
    Accessibility.check(page, "html");

    page.medium("screen", "dark");
    Accessibility.check(page, "html");
    List<String> dark = texts(page.evaluate(COLOURS));
    page.size(DESK, 900).load(address);
    keep("dark");
    page.medium("screen", "light");
    keep("desk");
    List<String> light = texts(page.evaluate(COLOURS));
    assertBrightness(light, true);
    assertBrightness(dark, false);

    page.size(PAPER, 1000).medium("print", "dark").load(address);
    assertFits(PAPER, "on paper");
    assertBrightness(texts(page.evaluate(COLOURS)), true);
    page.medium("", "light");
    byte[] pdf = page.pdf();
    assertTrue(new String(pdf, 0, 5, StandardCharsets.ISO_8859_1).equals("%PDF-"), name);
    assertTrue(pdf.length > 10_000, name + ": a PDF of " + pdf.length + " bytes");
    Artefacts.keep(name + ".pdf", pdf);

    assertEquals(List.of(), page.complaints(), name + ": complaints");
    assertTrue(page.requests().size() >= 3, name + ": " + page.requests());
    for (String request : page.requests()) {
      assertEquals(address.toString(), request, name + ": asks for more than itself");
    }
  }

  private void openAll() {
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
  }

  private void assertFits(int width, String where) {
    assertEquals(List.of(), texts(page.evaluate(TOO_WIDE)), name + ": too wide " + where);
    JsonNode scroll = page.evaluate("document.documentElement.scrollWidth");
    assertTrue(scroll.asInt() <= width, name + ": " + scroll + " pixels wide " + where);
  }

  private void assertBrightness(List<String> colours, boolean bright) {
    for (int i = 0; i < colours.size(); i++) {
      if (!colours.get(i).isEmpty()) {
        boolean background = i % 2 == 0;
        boolean isBright = brightness(colours.get(i)) > 0.5;
        assertEquals(bright == background, isBright, name + ": " + colours + " " + i);
      }
    }
  }

  private static double brightness(String colour) {
    double[] parts =
        Arrays.stream(colour.replaceAll("[^0-9.,]", "").split(",", -1))
            .mapToDouble(Double::parseDouble)
            .toArray();
    return (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255;
  }

  private void keep(String kind) {
    Artefacts.keep(name + "-" + kind + ".png", page.screenshot());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
