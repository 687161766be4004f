package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.fip.core.manifold.Evaluation;
import org.fip.spark.recipe.GateSettings;

/** The verdict on a night's network. */
final class Gate {
  private final List<Check> checks;

  /** One value against its limit. */
  private record Check(String name, String set, double value, double limit, boolean passed) {
    String describe() {
      return String.format(
          Locale.ROOT, "%s%s %.4g, limit %.4g", name, set.isEmpty() ? "" : " " + set, value, limit);
    }
  }

  private Gate(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * Judges a night.
   *
   * @param best the best accuracy of a published network, by set
   * @param end the evaluation of the night's network
   * @param drift the night's drift
   */
  static Gate judge(
      GateSettings settings, Map<String, Double> best, Map<String, Evaluation> end, double drift) {
    List<Check> checks = new ArrayList<>();
    settings
        .kept()
        .forEach(
            (set, drop) -> {
              double lost = best.get(set) - end.get(set).accuracy();
              checks.add(new Check("kept", set, lost, drop, lost <= drop));
            });
    settings
        .learned()
        .forEach(
            (set, least) -> {
              double accuracy = end.get(set).accuracy();
              checks.add(new Check("learned", set, accuracy, least, accuracy >= least));
            });
    if (settings.drift() != null) {
      checks.add(new Check("drift", "", drift, settings.drift(), drift <= settings.drift()));
    }
    return new Gate(checks);
  }

  boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** What was not passed, in words. */
  String refusal() {
    return checks.stream()
        .filter(check -> !check.passed())
        .map(Check::describe)
        .collect(Collectors.joining("; "));
  }

  ArrayNode toJson() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (Check check : checks) {
      ObjectNode entry = json.addObject().put("check", check.name());
      if (!check.set().isEmpty()) {
        entry.put("set", check.set());
      }
      entry.put("value", check.value()).put("limit", check.limit()).put("passed", check.passed());
    }
    return json;
  }
}
