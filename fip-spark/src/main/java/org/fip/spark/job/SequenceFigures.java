package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.fip.core.manifold.Evaluation;

/**
 * What a sequence of tasks comes to: the accuracy matrix R and the figures of Lopez-Paz and Ranzato
 * (2017, arXiv 1706.08840), and forgetting of Chaudhry et al. (2018, arXiv 1801.10112). A figure
 * that needs the accuracy on a task without an evaluation set of its name is left out.
 */
final class SequenceFigures {
  private final List<String> tasks;
  private final List<Map<String, Evaluation>> rows;

  /**
   * The figures of one walk.
   *
   * @param rows evaluations by set: at the start, then after each task. A walk that learned all at
   *     once has two, and no figure of what changed on the way
   */
  SequenceFigures(List<String> tasks, List<Map<String, Evaluation>> rows) {
    this.tasks = tasks;
    this.rows = rows;
  }

  /** Writes the figures, and what they mean unless {@code definitions} is null. */
  void putInto(ObjectNode json, ObjectNode definitions) {
    ArrayNode matrix = json.putArray("accuracyMatrix");
    for (int i = 0; i < rows.size(); i++) {
      ArrayNode cells = matrix.addArray();
      for (int j = 0; j < tasks.size(); j++) {
        double value = accuracy(i, j);
        if (Double.isNaN(value)) {
          cells.addNull();
        } else {
          cells.add(value);
        }
      }
    }
    define(
        definitions,
        "accuracyMatrix",
        "[i][j]: accuracy on the evaluation set named as task j after task i; row 0: start network");
    int last = rows.size() - 1;
    put(
        json,
        definitions,
        "averageAccuracy",
        "mean over j of the last row",
        IntStream.range(0, tasks.size()).mapToDouble(j -> accuracy(last, j)));
    if (last < tasks.size()) {
      return;
    }
    put(
        json,
        definitions,
        "backwardTransfer",
        "mean over all tasks j but the last of (after all tasks) - (right after task j)",
        earlier().mapToDouble(j -> accuracy(last, j) - accuracy(j + 1, j)));
    put(
        json,
        definitions,
        "forgetting",
        "mean over all tasks j but the last of (best after task j, before the last) - (after all)",
        earlier().mapToDouble(j -> best(j) - accuracy(last, j)));
  }

  private IntStream earlier() {
    return IntStream.range(0, tasks.size() - 1);
  }

  /** The accuracy on task j after so many tasks, or NaN. */
  private double accuracy(int afterTasks, int j) {
    Evaluation evaluation = rows.get(afterTasks).get(tasks.get(j));
    return evaluation == null ? Double.NaN : evaluation.accuracy();
  }

  /** The best accuracy on task j from its own stretch on, before the last task. */
  private double best(int j) {
    return IntStream.range(j + 1, tasks.size())
        .mapToDouble(i -> accuracy(i, j))
        .max()
        .orElse(Double.NaN);
  }

  private static void put(
      ObjectNode json, ObjectNode definitions, String key, String definition, DoubleStream values) {
    double mean = values.average().orElse(Double.NaN);
    if (!Double.isNaN(mean)) {
      json.put(key, mean);
      define(definitions, key, definition);
    }
  }

  private static void define(ObjectNode definitions, String key, String definition) {
    if (definitions != null) {
      definitions.put(key, definition);
    }
  }
}
