package org.fip.core.objective;

import java.io.Serializable;

/**
 * Projected gradient ascent in the inputs (Madry et al. 2018, arXiv 1706.06083): steps from a
 * random place in a ball around each image, of which the best one counts, the image itself among
 * them. Sizes are in units of pixels before normalisation, of which an image has 0 to 1, and
 * perturbed images stay in that range.
 *
 * @param norm of the ball
 * @param epsilon its radius
 * @param steps steps of a run
 * @param stepSize length of a step
 * @param restarts runs, each from another place
 * @param against number of the network that is attacked among the others of a round, or {@link
 *     #ITSELF}
 */
public record Attack(
    Norm norm, double epsilon, int steps, double stepSize, int restarts, int against)
    implements Serializable {
  /** The network whose gradient is asked for is the one that is attacked. */
  public static final int ITSELF = -1;

  /** What a perturbation of an image is measured in, over all its pixels and channels. */
  public enum Norm {
    /** The largest change of a pixel. */
    LINF,
    /** The Euclidean length. */
    L2
  }

  /** An attack on the network itself. */
  public Attack(Norm norm, double epsilon, int steps, double stepSize, int restarts) {
    this(norm, epsilon, steps, stepSize, restarts, ITSELF);
  }

  /** The same attack on another network of a round. */
  public Attack on(int other) {
    return new Attack(norm, epsilon, steps, stepSize, restarts, other);
  }
}
