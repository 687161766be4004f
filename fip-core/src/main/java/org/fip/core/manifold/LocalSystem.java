package org.fip.core.manifold;

import org.fip.core.geometry.Metric;
import org.fip.core.objective.Batch;

/**
 * The systems (mu G_s + D) theta = b that shards solve on their own, G_s the mean metric of the
 * shard's part of a batch (Wang et al. 2018, arXiv 1709.03528).
 *
 * @param metric the metric of output space
 * @param batch the anchors of all G_s together
 * @param step the step whose batch it is
 * @param anchorWeight mu
 * @param rightSide b [P]
 * @param diagonal D [P], positive, and the preconditioner; 0 where theta stays 0
 * @param iterations most conjugate-gradient iterations
 * @param tolerance of the preconditioned residual, relative
 */
@SuppressWarnings("ArrayRecordComponent")
public record LocalSystem(
    Metric metric,
    Batch batch,
    long step,
    double anchorWeight,
    float[] rightSide,
    float[] diagonal,
    int iterations,
    double tolerance) {}
