package org.fip.core.manifold;

/**
 * How well several networks do on labelled examples, and the ensemble whose probabilities are the
 * mean of theirs.
 *
 * @param members accuracy of each network
 * @param accuracy of the ensemble
 * @param loss of the ensemble: cross-entropy, mean over the examples, natural logarithm
 * @param accuracyOfOthers of the ensemble without the network that is attacked; of all when none is
 * @param disagreement share of the pairs of networks with different answers, mean over the examples
 * @param calibrationError of the ensemble: mean over examples of the difference of confidence and
 *     accuracy in 15 bins of equal width (Guo et al. 2017, arXiv 1706.04599)
 * @param examples how many examples there were
 */
@SuppressWarnings("ArrayRecordComponent")
public record EnsembleEvaluation(
    double[] members,
    double accuracy,
    double loss,
    double accuracyOfOthers,
    double disagreement,
    double calibrationError,
    long examples) {}
