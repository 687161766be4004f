package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;

/**
 * Paths on low-rank changes of matrices, W0 + B A. The head moves as it is, and so does a matrix
 * that is no larger than its factors; whatever else is no matrix stays.
 *
 * @param rank rank of the changes, or null for paths on all weights, and 8 with the sampler {@code
 *     lora}
 * @param include regular expressions of the names of matrices that change; empty for all
 */
public record LowRankSettings(Integer rank, List<String> include) implements Serializable {
  private static final int LORA_RANK = 8;

  static LowRankSettings read(Section section) {
    return new LowRankSettings(
        section.optionalInteger("rank", 1, 100_000), section.expressions("include"));
  }

  /** The rank of LoRA. */
  public int rankOfLora() {
    return rank == null ? LORA_RANK : rank;
  }
}
