package org.fip.core.manifold;

import java.io.Serializable;
import org.fip.core.geometry.Distance;
import org.fip.core.objective.Batch;

/**
 * How far the outputs along a piecewise linear curve of weights are from the straight line between
 * the outputs at its ends: the mean over segments of d(f(x; w(t)), (1 - t) f(x; a) + t f(x; b)), t
 * from 0 to 1 along the curve, one place drawn in each segment.
 *
 * <p>Of all curves of outputs between two ends the straight line has the least energy, which is the
 * sum of squared distances of neighbours; what a curve has more of it is the energy of its
 * deviation from that line. Descending the deviation itself has the same minimum where the line can
 * be reached, and does not have to diffuse along the curve from its ends.
 *
 * @param distance d, half the squared distance of logits for a curve of least length
 * @param batch inputs that outputs are compared on
 * @param places for each segment, the drawn place in it, from 0 at its start to 1 at its end
 */
@SuppressWarnings("ArrayRecordComponent")
public record CurveTerm(Distance distance, Batch batch, double[] places) implements Serializable {}
