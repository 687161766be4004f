package org.fip.core.manifold;

import java.io.Serializable;
import java.util.List;
import org.fip.core.objective.Term;

/**
 * Steps of Adam (Kingma and Ba 2015) that each shard takes by itself, from the same weights and
 * moments, each step on the shard's part of the step's batches.
 *
 * @param terms what is descended; a mean is over the shard's part
 * @param step the first step
 * @param rates the learning rate of each step
 * @param before steps that the moments have seen
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon bounds the root of the second moment away from zero
 */
@SuppressWarnings("ArrayRecordComponent")
public record LocalSteps(
    List<Term> terms,
    long step,
    double[] rates,
    long before,
    double beta1,
    double beta2,
    double epsilon)
    implements Serializable {

  /**
   * Where the shards ended, means by their examples.
   *
   * @param move how the weights moved, length P
   * @param first first moments, length P
   * @param second second moments, length P
   * @param objective the first term's mean over the steps, without its weight
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Result(float[] move, float[] first, float[] second, double objective) {}
}
