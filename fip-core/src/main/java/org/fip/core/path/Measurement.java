package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.manifold.Traffic;

/**
 * What a walk measured at one step. Means are over the anchors; values that a sampler does not have
 * are NaN.
 *
 * @param step steps taken
 * @param objective the secondary objective L on the step's mini-batch, mean over its examples
 * @param drift D(w) from the reference, mean over the anchors, in the distance the path uses
 * @param predicted squared output displacement since the measurement before as the metric predicts
 *     it, d^T G d with d the weight displacement
 * @param measured the same displacement measured, mean over anchors of the squared logit distance
 * @param lengthWeights length of the path so far in weight space, Euclidean
 * @param lengthOutputs length of the path so far in output space, root of the mean squared logit
 *     displacement, summed over the steps
 * @param rounds rounds of communication so far: one broadcast and one reduction each
 * @param bytesBroadcast bytes of vectors sent to the executors so far, once per executor, and of
 *     totals that executors sent one another
 * @param bytesReduced bytes of vectors received from the executors so far, and of shares that they
 *     sent one another
 * @param seconds wall-clock seconds spent walking so far
 */
public record Measurement(
    long step,
    double objective,
    double drift,
    double predicted,
    double measured,
    double lengthWeights,
    double lengthOutputs,
    long rounds,
    long bytesBroadcast,
    long bytesReduced,
    double seconds)
    implements Serializable {

  /** The same after so much more traffic and time. */
  Measurement plus(Traffic more, double moreSeconds) {
    return new Measurement(
        step,
        objective,
        drift,
        predicted,
        measured,
        lengthWeights,
        lengthOutputs,
        rounds + more.rounds(),
        bytesBroadcast + more.bytesBroadcast(),
        bytesReduced + more.bytesReduced(),
        seconds + moreSeconds);
  }
}
