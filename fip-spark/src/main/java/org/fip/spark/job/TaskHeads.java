package org.fip.spark.job;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.network.OutputHeads;
import org.fip.core.objective.LogitAdjustment;
import org.fip.spark.recipe.Incremental;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.SamplerKind;

/**
 * Which outputs compete while the tasks of a sequence are learned and evaluated. In a
 * class-incremental sequence an output takes part from the first task on that has its label, so the
 * head grows with the tasks, and all outputs answer. In a task-incremental one each task has a head
 * of its own, the outputs of its labels; outputs of no task are the head of what was learned
 * before.
 */
final class TaskHeads {
  private static final int LATER = 1;

  private final int[] own;

  /**
   * What a stretch is walked with.
   *
   * @param heads how the outputs are divided
   * @param exempt outputs that the drift on anchors leaves free
   * @param learned outputs that the drift on the task's own examples leaves free: these, and those
   *     of the task's labels
   * @param frequencies how much less the other outputs count by how much less often they come: the
   *     logarithm of the ratio of examples for each class of the task to anchors for each class
   *     that is known
   */
  record Division(
      OutputHeads heads, Set<Integer> exempt, Set<Integer> learned, LogitAdjustment frequencies)
      implements Serializable {
    /** All outputs are one head, and are held. */
    static final Division ONE =
        new Division(OutputHeads.ONE, Set.of(), Set.of(), LogitAdjustment.NONE);
  }

  /** Heads by output, or null where the head is one that grows. */
  private TaskHeads(int[] own) {
    this.own = own;
  }

  /**
   * The division for a recipe's tasks.
   *
   * @throws FipException with category DATA when the tasks' labels are not what the recipe says
   *     that they are, or when an evaluation set has labels of several heads
   */
  static TaskHeads of(Recipe recipe, Network network, Sources sources) {
    if (recipe.incremental() == Incremental.DOMAIN) {
      requireSameLabels(recipe, sources);
    }
    if (recipe.incremental() != Incremental.TASK) {
      return new TaskHeads(null);
    }
    int[] own = heads(recipe, network.classes(), sources);
    recipe
        .evaluate()
        .forEach((name, selector) -> requireOneHead(name, sources.read(selector), own));
    return new TaskHeads(own);
  }

  /**
   * The division for a stretch.
   *
   * @param task its examples
   * @param anchors how many there are
   * @param start the network at the start of the stretch
   */
  Division at(SamplerKind kind, EncodedExamples task, int anchors, Network start) {
    if (own != null) {
      int head = own[task.labels()[0]];
      BitSet unlearned = start.unlearned();
      return new Division(
          new OutputHeads(own, own),
          kind == SamplerKind.JOINT
              ? Set.of()
              : outputs(start, output -> own[output] == head && unlearned.get(output)),
          outputs(start, output -> own[output] == head),
          LogitAdjustment.NONE);
    }
    BitSet later = start.unlearned();
    BitSet learned = start.unlearned();
    for (int label : task.labels()) {
      later.clear(label);
      learned.set(label);
    }
    LogitAdjustment frequencies =
        new LogitAdjustment(
            outputs(start, output -> !learned.get(output)), surplus(task, anchors, start));
    if (later.isEmpty()) {
      return new Division(OutputHeads.ONE, Set.of(), outputs(start, learned::get), frequencies);
    }
    int[] learning =
        IntStream.range(0, start.classes()).map(c -> later.get(c) ? LATER : 0).toArray();
    return new Division(
        new OutputHeads(learning, new int[0]),
        outputs(start, later::get),
        outputs(start, learned::get),
        frequencies);
  }

  /**
   * The logarithm of how much more often a class of the task comes than a known one; at least 0.
   */
  private static double surplus(EncodedExamples task, int anchors, Network start) {
    int known = start.classes() - start.unlearned().cardinality();
    if (known == 0 || anchors == 0) {
      return 0;
    }
    double perClass = (double) task.size() / labels(task).length;
    return Math.max(0, Math.log(perClass * known / anchors));
  }

  private static Set<Integer> outputs(Network network, IntPredicate which) {
    return IntStream.range(0, network.classes())
        .filter(which)
        .boxed()
        .collect(Collectors.toUnmodifiableSet());
  }

  private static int[] labels(EncodedExamples examples) {
    return Arrays.stream(examples.labels()).distinct().sorted().toArray();
  }

  private static int[] heads(Recipe recipe, int classes, Sources sources) {
    int[] heads = new int[classes];
    Map<List<Integer>, Integer> known = new HashMap<>();
    for (int i = 0; i < recipe.tasks().size(); i++) {
      int[] labels = labels(sources.read(recipe.tasks().get(i).train()));
      List<Integer> set = Arrays.stream(labels).boxed().toList();
      if (known.containsKey(set)) {
        continue;
      }
      known.put(set, i + 1);
      for (int label : labels) {
        if (heads[label] != 0) {
          throw FipException.data(
              "tasks %s and %s share the label %d and not all of their labels; with incremental:"
                  + " task each needs outputs of its own, for example by labelOffset",
              recipe.tasks().get(heads[label] - 1).name(), recipe.tasks().get(i).name(), label);
        }
        heads[label] = i + 1;
      }
    }
    return heads;
  }

  private static void requireOneHead(String name, EncodedExamples examples, int[] heads) {
    int[] found = Arrays.stream(examples.labels()).map(label -> heads[label]).distinct().toArray();
    if (found.length > 1) {
      throw FipException.data(
          "evaluate.%s has labels of several tasks; with incremental: task each evaluation set is of"
              + " one",
          name);
    }
  }

  private static void requireSameLabels(Recipe recipe, Sources sources) {
    int[] first = labels(sources.read(recipe.tasks().get(0).train()));
    recipe
        .tasks()
        .forEach(
            task -> {
              int[] others = labels(sources.read(task.train()));
              if (!Arrays.equals(first, others)) {
                throw FipException.data(
                    "task %s has the labels %s and task %s %s; with incremental: domain all have the"
                        + " same",
                    recipe.tasks().get(0).name(),
                    Arrays.toString(first),
                    task.name(),
                    Arrays.toString(others));
              }
            });
  }
}
