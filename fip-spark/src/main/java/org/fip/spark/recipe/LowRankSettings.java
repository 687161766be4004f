package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;

/**
 * Paths on low-rank changes of matrices, W0 + B A. The head moves as it is, and so does a matrix
 * that is no larger than its factors; whatever else is no matrix stays. Of the baselines, only
 * {@code lora} walks so; the others move all weights.
 *
 * @param rank rank of the changes, or 0 for paths on all weights, where the sampler {@code lora}
 *     has 8; {@code auto} is 32 with the sampler {@code anchored} for networks that read texts, and
 *     0 for others, with {@code localSteps} above 1, {@code relativeRate} or {@code withinSparsity}
 * @param learningRate learning rate of low-rank changes, in place of {@code path.learningRate}
 * @param include regular expressions of the names of matrices that change, tables of embeddings
 *     among them; empty for all
 */
public record LowRankSettings(Rank rank, double learningRate, List<String> include)
    implements Serializable {
  private static final int LORA_RANK = 8;

  static LowRankSettings read(Section section) {
    return new LowRankSettings(
        Rank.read(section, "rank"),
        section.number("learningRate", new Range(0, false, 100, true)),
        section.expressions("include"));
  }

  /** The same for another sampler: of those, only {@code lora} makes low-rank changes. */
  LowRankSettings of(SamplerKind other) {
    Rank own = other == SamplerKind.LORA && rank.low() ? rank : Rank.ALL;
    return new LowRankSettings(own, learningRate, include);
  }

  /** The rank of LoRA. */
  int rankOfLora() {
    return rank.low() ? rank.given() : LORA_RANK;
  }
}
