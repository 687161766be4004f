package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The main points of a stored recipe, for people. */
final class Asked {
  private final JsonNode recipe;
  private final Map<String, String> points = new LinkedHashMap<>();

  private Asked(JsonNode recipe) {
    this.recipe = recipe;
  }

  /**
   * The points that matter to a command.
   *
   * @param command as the store has it; empty when it is not known
   */
  static Map<String, String> of(String command, JsonNode recipe) {
    Asked asked = new Asked(recipe);
    asked.put("Command", command);
    asked.put("Start network", asked.start());
    asked.put("Kept on", asked.selections("/keep"));
    switch (command) {
      case "adapt", "train" -> asked.put("Learned", asked.tasks());
      case "sparsify" -> asked.sparsity();
      case "robustify" -> asked.attack("/robustify");
      case "diversify" -> asked.diversity();
      case "connect" -> asked.put("To", asked.text("/connect/to"));
      default -> {}
    }
    asked.put("Sampler", asked.sampler(command));
    asked.put("Seed", asked.text("/seed"));
    asked.put("Evaluated on", asked.evaluations());
    asked.put("Compared with", asked.list("/baselines"));
    return asked.points;
  }

  private void put(String name, String value) {
    if (!value.isEmpty()) {
      points.put(name, value);
    }
  }

  private String text(String pointer) {
    JsonNode value = recipe.at(pointer);
    return value.isMissingNode() || value.isNull() ? "" : value.asText();
  }

  private String list(String pointer) {
    List<String> texts = new ArrayList<>();
    recipe.at(pointer).forEach(value -> texts.add(value.asText()));
    return String.join(", ", texts);
  }

  private String start() {
    String network = text("/network");
    return network.isEmpty() ? list("/architecture/architectures") : network;
  }

  private String selections(String pointer) {
    List<String> texts = new ArrayList<>();
    recipe.at(pointer).forEach(selector -> texts.add(selection(selector)));
    return String.join("; ", texts);
  }

  private static String selection(JsonNode selector) {
    List<String> parts = new ArrayList<>();
    parts.add(selector.path("path").asText());
    if (selector.hasNonNull("split")) {
      parts.add(selector.path("split").asText());
    }
    if (selector.path("labels").size() > 0) {
      List<String> labels = new ArrayList<>();
      selector.path("labels").forEach(label -> labels.add(label.asText()));
      parts.add("classes " + String.join(" ", labels));
    }
    if (selector.hasNonNull("limit")) {
      parts.add(selector.path("limit").asText() + " examples");
    }
    return String.join(", ", parts);
  }

  private String tasks() {
    List<String> texts = new ArrayList<>();
    recipe.at("/tasks").forEach(task -> texts.add(task(task)));
    return String.join("; ", texts);
  }

  private static String task(JsonNode task) {
    JsonNode weight = task.path("anchorWeight");
    String own = weight.isNumber() ? ", weight of the drift " + weight.asText() : "";
    return task.path("name").asText() + " (" + selection(task.path("train")) + own + ")";
  }

  private String evaluations() {
    List<String> texts = new ArrayList<>();
    recipe
        .at("/evaluate")
        .properties()
        .forEach(entry -> texts.add(entry.getKey() + " (" + selection(entry.getValue()) + ")"));
    return String.join("; ", texts);
  }

  private void sparsity() {
    List<String> targets = new ArrayList<>();
    recipe.at("/sparsity/curve").forEach(target -> targets.add(share(target)));
    if (recipe.at("/sparsity").hasNonNull("target")) {
      targets.add(share(recipe.at("/sparsity/target")));
    }
    put("Zeros", String.join(", ", targets) + ", " + text("/sparsity/pattern"));
  }

  private static String share(JsonNode fraction) {
    return Verdict.percent(fraction.asDouble());
  }

  private void attack(String section) {
    put(
        "Attack",
        "%s up to %s in %s steps"
            .formatted(
                text(section + "/attack/norm"),
                text(section + "/attack/epsilon"),
                text(section + "/attack/steps")));
  }

  private void diversity() {
    put(
        "Members",
        "%s that differ in %s, with a weight of %s"
            .formatted(
                text("/diversify/members"), text("/diversify/by"), text("/diversify/weight")));
    attack("/diversify");
  }

  private String sampler(String command) {
    if (recipe.path("path").isEmpty()) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    parts.add(text("/path/sampler"));
    String gradients = text("/path/gradientEvaluations");
    parts.add(
        (gradients.isEmpty()
                ? text("/path/steps") + " steps"
                : "gradients of " + gradients + " steps")
            + " of "
            + text("/path/batch"));
    parts.add("learning rate " + text("/path/learningRate"));
    if (!command.equals("train")) {
      parts.add("distance " + text("/path/distance"));
    }
    if (command.equals("adapt")) {
      parts.add("weight of the drift " + text("/path/anchorWeight"));
    }
    return String.join(", ", parts);
  }
}
