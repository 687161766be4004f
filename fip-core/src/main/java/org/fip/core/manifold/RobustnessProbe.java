package org.fip.core.manifold;

import java.io.Serializable;
import org.fip.core.objective.Attack;

/**
 * How a network's robustness is tested on labelled images: by attacks one after the other, each on
 * the images that withstood those before. An image withstands an attack when no perturbed image
 * that was tried is misclassified.
 *
 * @param data name of the data set
 * @param attack projected ascent on the cross-entropy, with its restarts
 * @param adaptiveSteps steps of one run, from as many places as the attack has restarts, whose
 *     length adapts to each image, on the margin; 0 for none
 * @param queries of the square attack, which uses no gradients; 0 for none, and not used but in the
 *     maximum norm
 */
public record RobustnessProbe(String data, Attack attack, int adaptiveSteps, int queries)
    implements Serializable {}
