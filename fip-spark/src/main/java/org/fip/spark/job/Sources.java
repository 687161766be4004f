package org.fip.spark.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fip.core.anchors.Anchors;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Rows;
import org.fip.spark.data.DataSelector;
import org.fip.spark.recipe.Command;

/** The data sets of a job by the names that its tasks know them by, each selection read once. */
final class Sources {
  /** Inputs whose function is kept. */
  static final String ANCHORS = "anchors";

  /** Labelled examples that are learned. */
  static final String TASK = "task";

  /** Labelled examples of what was learned last. */
  static final String LEARNED = "learned";

  /** The command in a path's provenance. */
  static final String COMMAND = "command";

  /** Labelled examples of the task that no step sees, for what is chosen for it. */
  static final String TASK_HELD_OUT = "task held out";

  /** Anchors that no step sees, either. */
  static final String ANCHORS_HELD_OUT = "anchors held out";

  private static final String EVALUATION = "evaluate.";

  private final JobContext context;
  private final Command command;
  private final Map<DataSelector, EncodedExamples> read = new LinkedHashMap<>();
  private final Map<String, EncodedExamples> evaluations = new LinkedHashMap<>();

  /** The data of a command's job. */
  Sources(JobContext context, Command command) {
    this.context = context;
    this.command = command;
  }

  /** The selection's examples. */
  EncodedExamples read(DataSelector selector) {
    return read.computeIfAbsent(selector, context.data());
  }

  /** The selections' examples, one after the other. */
  EncodedExamples readAll(List<DataSelector> selectors) {
    return EncodedExamples.concat(selectors.stream().map(this::read).toList());
  }

  /** The memory of a path that begins; empty where nothing is kept yet. */
  Optional<Anchors> first(List<DataSelector> keep, AnchorChoice choice) {
    return keep.isEmpty() ? Optional.empty() : Optional.of(choice.first(readAll(keep)));
  }

  /** Reads the evaluation sets and checks that a network of so many outputs can be asked them. */
  void readEvaluations(Map<String, DataSelector> selectors, int classes) {
    selectors.forEach(
        (name, selector) -> {
          EncodedExamples examples = read(selector);
          Networks.requireLabels(examples, "evaluate." + name + " needs a label for each example");
          examples.checkLabels(classes, "evaluate." + name);
          evaluations.put(EVALUATION + name, examples);
        });
  }

  /** The names under which the workers know the evaluation sets, by their names in the recipe. */
  Map<String, String> evaluationKeys() {
    Map<String, String> keys = new LinkedHashMap<>();
    evaluations.keySet().forEach(key -> keys.put(key.substring(EVALUATION.length()), key));
    return keys;
  }

  /** The evaluation sets and these. */
  Map<String, EncodedExamples> with(Map<String, EncodedExamples> others) {
    Map<String, EncodedExamples> all = new LinkedHashMap<>(others);
    all.putAll(evaluations);
    return all;
  }

  /**
   * A sample of labelled examples, balanced over their classes.
   *
   * @param limit its size, or null for all
   */
  static EncodedExamples sample(EncodedExamples examples, Integer limit, long seed) {
    if (limit == null || limit >= examples.size()) {
      return examples;
    }
    int[] rows = new int[examples.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    return examples.select(Rows.balanced(examples.labels(), rows, limit, seed));
  }

  /** What a path is made from, for provenance: the command, rows and bytes of each selection. */
  Map<String, String> provenance() {
    Map<String, String> lines = new TreeMap<>();
    lines.put(COMMAND, command.label());
    read.forEach(
        (selector, examples) ->
            lines.put(
                "data " + selector,
                examples.size() + " examples, " + examples.bytes() + " bytes as stored"));
    return lines;
  }
}
