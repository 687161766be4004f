package org.fip.spark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@link ContinualBench} measured, in percent, as Markdown tables; means over the seeds. */
final class ContinualTables {
  private static final String JOINT = "joint";
  private static final List<String> FIGURES =
      List.of("backward transfer", "forgetting", ContinualBench.GRADIENTS);

  /**
   * By recipe, in the order of the table: what it learns, with which network, and what is stored.
   */
  private static final Map<String, String> TITLES = new LinkedHashMap<>();

  /** Rivals by what recipes call them. Samplers that walk paths, too, are none. */
  private static final Map<String, String> RIVALS =
      Map.of(
          "fine-tuning", "plain fine-tuning",
          "replay", "replay of labels",
          "released", "as its authors released it",
          "der++", "DER++",
          "ewc", "elastic weights",
          "lora", "LoRA");

  static {
    TITLES.put("mnist-fashion", "MNIST, Fashion-MNIST | LeNet-300-100 | 50 images");
    TITLES.put("split-mnist", "MNIST, five pairs of digits | LeNet-300-100 | 200 images");
    TITLES.put("split-mnist-heads", "the same, a head for each pair | LeNet-300-100 | 200 images");
    TITLES.put("fashion-mnist", "Fashion-MNIST, MNIST | small ViT | 100 images");
    TITLES.put("deit", "MNIST, Fashion-MNIST | small DeiT | 100 images");
    TITLES.put("reviews", "reviews of books, dvds, electronics | small BERT | 50 texts each");
    TITLES.put("films", "reviews of films, sentences, books | small BERT | 50 texts each");
    TITLES.put(
        "split-cifar100", "CIFAR-100, five times ten classes | ResNet-20 | 20 images a class");
    TITLES.put("text-five", "AG News, DBpedia, Amazon, Yelp, Yahoo | small BERT | 50 texts each");
  }

  private ContinualTables() {}

  /**
   * The table of all sequences that a folder has figures of, as the README has it, then one each.
   */
  static void print(Path folder) throws IOException {
    List<String> rows = new ArrayList<>(TITLES.keySet());
    rows.retainAll(Cells.names(folder));
    Cells.names(folder).stream().filter(row -> !rows.contains(row)).forEach(rows::add);
    System.out.printf(
        "%n| sequence | network | stored | path | joint training | of joint | best rival |%n"
            + "|---|---|---|--:|--:|--:|---|%n");
    for (String row : rows) {
      printOneLine(row, Cells.open(folder, row));
    }
    for (String row : rows) {
      print(row, Cells.open(folder, row));
    }
  }

  /**
   * Averages over the evaluation sets of the path and joint training, and the largest of all
   * rivals, with how many there are; its seeds where the path has more.
   */
  private static void printOneLine(String row, Cells cells) {
    Set<String> sets = sets(cells);
    Map<String, Double> path = averages(cells, ContinualBench.PATH, sets);
    Map<String, Double> joint = averages(cells, JOINT, sets);
    List<String> rivals = cells.methods().stream().filter(RIVALS::containsKey).toList();
    String best = "none run";
    double most = Double.NEGATIVE_INFINITY;
    for (String method : rivals) {
      Map<String, Double> averages = averages(cells, method, sets);
      double average = mean(averages.values());
      if (average > most) {
        most = average;
        String seeds =
            averages.size() < path.size()
                ? " (seed " + String.join(", ", averages.keySet()) + ")"
                : "";
        best =
            String.format(
                Locale.ROOT, "%s %.2f%s, of %d", RIVALS.get(method), average, seeds, rivals.size());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %s | %s |%n",
        TITLES.getOrDefault(row, row + " | | "),
        mean(path.values()),
        mean(joint.values()),
        ratio(path, joint),
        best);
  }

  /** A table of all methods, with least and most; the average is over the evaluation sets. */
  static void print(String row, Cells cells) {
    Set<String> sets = sets(cells);
    List<String> columns = new ArrayList<>(sets);
    FIGURES.stream()
        .filter(
            figure ->
                cells.bySeed(ContinualBench.PATH).values().stream()
                    .anyMatch(cell -> cell.has(figure)))
        .forEach(columns::add);
    System.out.printf(
        "%n%s%n%n| method | seeds | %s | average | of joint |%n|---|---|%s--:|--:|%n",
        row, String.join(" | ", columns), "--:|".repeat(columns.size()));
    Map<String, Double> joint = averages(cells, JOINT, sets);
    for (String method : cells.methods()) {
      StringBuilder line = new StringBuilder();
      columns.forEach(column -> line.append(cell(cells.bySeed(method), column)).append(" | "));
      Map<String, Double> averages = averages(cells, method, sets);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s%.2f | %s |%n",
          method,
          String.join(", ", averages.keySet()),
          line,
          mean(averages.values()),
          ratio(averages, joint));
    }
  }

  private static Set<String> sets(Cells cells) {
    Set<String> sets = new LinkedHashSet<>();
    cells
        .bySeed(ContinualBench.START)
        .values()
        .forEach(cell -> cell.properties().forEach(figure -> sets.add(figure.getKey())));
    sets.remove("commit");
    return sets;
  }

  /** Averages over the evaluation sets, by seed. */
  private static Map<String, Double> averages(Cells cells, String method, Set<String> sets) {
    Map<String, Double> averages = new LinkedHashMap<>();
    cells
        .bySeed(method)
        .forEach(
            (seed, cell) ->
                averages.put(
                    seed, mean(sets.stream().map(set -> figure(cell, set, method)).toList())));
    return averages;
  }

  private static double figure(JsonNode cell, String set, String method) {
    if (!cell.has(set)) {
      throw new IllegalStateException(
          "a run of %s has no figure of %s, which others have; measure it anew"
              .formatted(method, set));
    }
    return cell.path(set).doubleValue();
  }

  /** Over the seeds that both have. */
  private static String ratio(Map<String, Double> method, Map<String, Double> joint) {
    List<String> both = method.keySet().stream().filter(joint::containsKey).toList();
    return both.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%.3f",
            mean(both.stream().map(method::get).toList())
                / mean(both.stream().map(joint::get).toList()));
  }

  private static String cell(Map<String, JsonNode> bySeed, String column) {
    List<Double> values =
        bySeed.values().stream()
            .filter(cell -> cell.has(column))
            .map(cell -> cell.path(column).doubleValue())
            .sorted()
            .toList();
    if (values.isEmpty()) {
      return "";
    }
    String format = column.equals(ContinualBench.GRADIENTS) ? "%.0f" : "%.2f";
    String mean = String.format(Locale.ROOT, format, mean(values));
    double least = values.get(0);
    double most = values.get(values.size() - 1);
    return least == most
        ? mean
        : String.format(Locale.ROOT, "%s (" + format + " to " + format + ")", mean, least, most);
  }

  private static double mean(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
