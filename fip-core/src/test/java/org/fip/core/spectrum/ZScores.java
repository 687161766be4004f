package org.fip.core.spectrum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Errors of estimates in units of the standard errors they state. */
final class ZScores {
  private final Map<String, List<Double>> scores = new LinkedHashMap<>();

  void add(String name, Estimate estimate, double exact) {
    scores
        .computeIfAbsent(name, absent -> new ArrayList<>())
        .add((estimate.value() - exact) / estimate.standardError());
  }

  /** Asserts that the mean is not off by chance, and that the errors are as large as stated. */
  void assertStandardNormal() {
    scores.forEach(
        (name, list) -> {
          double mean = list.stream().mapToDouble(z -> z).average().orElseThrow();
          double square = list.stream().mapToDouble(z -> z * z).average().orElseThrow();
          String text = name + ": mean z " + mean + ", mean square " + square;
          assertTrue(Math.abs(mean) < 4 / Math.sqrt(list.size()), text);
          assertTrue(square > 0.7 && square < 1.4, text);
        });
  }
}
