package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;

/**
 * Paths on low-rank changes of matrices, W0 + B A. The head moves as it is, and so does a matrix
 * that is no larger than its factors; whatever else is no matrix stays. Of the baselines, only
 * {@code lora} walks so; the others move all weights.
 *
 * @param rank rank of the changes, or null for paths on all weights, and 8 with the sampler {@code
 *     lora}
 * @param learningRate learning rate of low-rank changes, or null for {@code path.learningRate}
 * @param include regular expressions of the names of matrices that change, tables of embeddings
 *     among them; empty for all but embeddings
 */
public record LowRankSettings(Integer rank, Double learningRate, List<String> include)
    implements Serializable {
  private static final int LORA_RANK = 8;

  static LowRankSettings read(Section section) {
    return new LowRankSettings(
        section.optionalInteger("rank", 1, 100_000),
        section.optionalNumber("learningRate", new Range(0, false, 100, true)),
        section.expressions("include"));
  }

  /** The same for all weights. */
  LowRankSettings off() {
    return new LowRankSettings(null, learningRate, include);
  }

  /** The rank of LoRA. */
  public int rankOfLora() {
    return rank == null ? LORA_RANK : rank;
  }

  /** The learning rate of a path whose rate for all weights is this one. */
  public double rate(double ofAll) {
    return learningRate == null ? ofAll : learningRate;
  }
}
