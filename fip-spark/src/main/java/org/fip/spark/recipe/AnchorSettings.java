package org.fip.spark.recipe;

import java.util.List;
import org.fip.core.anchors.Choice;
import org.fip.core.manifold.ShardData;

/**
 * Which examples are kept as anchors of what was learned. At most one of {@code perTask} and {@code
 * perClass} may be given; with none of the three limits, {@code perTask} is 50.
 *
 * @param perTask examples of each task, its classes balanced; null for another limit
 * @param perClass examples of each class of each task; null for another limit
 * @param total examples in the whole memory, {@code keep} included, all classes balanced: what was
 *     kept before shrinks as tasks come; null for no such limit
 * @param choose how those of a class are chosen
 * @param candidates of how many examples of a task, drawn at random and class-balanced, {@code
 *     herding} and {@code leverage} choose, at most 4096; they keep no more than that of a task
 */
public record AnchorSettings(
    Integer perTask, Integer perClass, Integer total, Choice choose, int candidates) {
  private static final int DEFAULT_PER_TASK = 50;
  private static final int MOST = 1_000_000;

  static AnchorSettings read(Section section) {
    Integer perTask = section.optionalInteger("perTask", 1, MOST);
    Integer perClass = section.optionalInteger("perClass", 1, MOST);
    Integer total = section.optionalInteger("total", 1, MOST);
    if (perTask != null && perClass != null) {
      throw section.refuse("perClass", "absent, because perTask is given too; remove one");
    }
    boolean none = perTask == null && perClass == null && total == null;
    return new AnchorSettings(
        none ? Integer.valueOf(DEFAULT_PER_TASK) : perTask,
        perClass,
        total,
        section.choice("choose", List.of(Choice.values())),
        section.smallInteger("candidates", 1, ShardData.REPLICATED_ROWS));
  }
}
