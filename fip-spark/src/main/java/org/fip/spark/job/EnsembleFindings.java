package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.fip.core.manifold.EnsembleEvaluation;

/**
 * What an ensemble can do, and how far apart its members are.
 *
 * @param spread in weights
 * @param sets findings on each evaluation set
 */
record EnsembleFindings(Spread spread, Map<String, OnSet> sets) {

  /**
   * On one evaluation set.
   *
   * @param clean on the set as it is
   * @param against on images perturbed against each of the members
   * @param whole on images perturbed against the ensemble
   */
  record OnSet(
      EnsembleEvaluation clean, List<EnsembleEvaluation> against, EnsembleEvaluation whole) {

    double least() {
      return Arrays.stream(clean.members()).min().orElseThrow();
    }

    double most() {
      return Arrays.stream(clean.members()).max().orElseThrow();
    }

    /** Mean accuracy of a member on images perturbed against itself. */
    double itself() {
      return IntStream.range(0, against.size())
          .mapToDouble(i -> against.get(i).members()[i])
          .average()
          .orElseThrow();
    }

    /** Mean accuracy of a member on images perturbed against another one. */
    double single() {
      int n = against.size();
      return IntStream.range(0, n)
          .mapToDouble(
              i ->
                  (Arrays.stream(against.get(i).members()).sum() - against.get(i).members()[i])
                      / (n - 1))
          .average()
          .orElseThrow();
    }

    double ensemble() {
      return against.stream().mapToDouble(EnsembleEvaluation::accuracy).average().orElseThrow();
    }

    double ensembleWithout() {
      return against.stream()
          .mapToDouble(EnsembleEvaluation::accuracyOfOthers)
          .average()
          .orElseThrow();
    }
  }

  void put(ObjectNode json) {
    json.putObject("weights")
        .put("distanceFromStart", spread.fromStart())
        .put("meanDistance", spread.between())
        .put("leastDistance", spread.least())
        .put("meanCosine", spread.cosine());
    ObjectNode evaluation = json.putObject("evaluation");
    sets.forEach(
        (name, set) -> {
          ObjectNode entry = evaluation.putObject(name);
          ArrayNode members = entry.putArray("members");
          Arrays.stream(set.clean().members()).forEach(members::add);
          entry
              .put("accuracy", set.clean().accuracy())
              .put("loss", set.clean().loss())
              .put("disagreement", set.clean().disagreement())
              .put("expectedCalibrationError", set.clean().calibrationError())
              .put("examples", set.clean().examples());
          entry
              .putObject("againstMember")
              .put("itself", set.itself())
              .put("otherMember", set.single())
              .put("ensemble", set.ensemble())
              .put("ensembleWithout", set.ensembleWithout())
              .put("examples", set.whole().examples());
          entry
              .putObject("againstEnsemble")
              .put("ensemble", set.whole().accuracy())
              .put("member", Arrays.stream(set.whole().members()).average().orElseThrow());
        });
  }
}
