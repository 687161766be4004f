package org.fip.spark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.fip.spark.recipe.Measure;

/**
 * Networks of one function, and what their ensemble can do.
 *
 * @param store folder of the members' stores
 * @param members what every command reports, of each member
 * @param findings of the ensemble
 * @param independent the same of other networks, or null
 */
public record DiversifyResult(
    String store, List<ObjectNode> members, EnsembleFindings findings, EnsembleFindings independent)
    implements JobResult {

  @Override
  public ObjectNode toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode().put("store", store);
    ArrayNode list = json.putArray("members");
    members.forEach(member -> list.add(member.deepCopy()));
    findings.put(json.putObject("ensemble"));
    if (independent != null) {
      independent.put(json.putObject("independent"));
    }
    json.putObject("definitions")
        .put("ensemble", "the class of largest mean probability")
        .put("disagreement", "share of pairs of members with different answers")
        .put("expectedCalibrationError", "15 bins of equal width")
        .put(
            "againstMember",
            "accuracies on images perturbed against one member, means over the members: of itself, of"
                + " another member, of the ensemble with and without it")
        .put("againstEnsemble", "accuracies on images perturbed against the ensemble")
        .put("weights", "distances relative to the length of the start's weights");
    return json;
  }

  @Override
  public Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    findings
        .sets()
        .forEach(
            (set, on) -> {
              figures.put(Measure.EVALUATE + set, on.clean().accuracy());
              figures.put(Measure.EVALUATE + set + Measure.LOSS, on.clean().loss());
              figures.put(Measure.WORST + set, on.least());
              figures.put(Measure.DISAGREEMENT + set, on.clean().disagreement());
              figures.put(Measure.TRANSFERRED + set, on.ensemble());
            });
    figures.put(
        Measure.SECONDS,
        members.stream().mapToDouble(member -> member.path(Measure.SECONDS).asDouble()).sum());
    return figures;
  }

  @Override
  public String summary() {
    List<String> head = new ArrayList<>(List.of("", "paths"));
    if (independent != null) {
      head.add("independent");
    }
    TextTable table = new TextTable().row(head);
    for (String set : findings.sets().keySet()) {
      row(table, set + ": worst member", set, EnsembleFindings.OnSet::least);
      row(table, set + ": best member", set, EnsembleFindings.OnSet::most);
      row(table, set + ": ensemble", set, on -> on.clean().accuracy());
      row(table, set + ": disagreement", set, on -> on.clean().disagreement());
      row(table, set + ": calibration error", set, on -> on.clean().calibrationError());
      row(table, set + ", against a member: itself", set, EnsembleFindings.OnSet::itself);
      row(table, set + ", against a member: another", set, EnsembleFindings.OnSet::single);
      row(table, set + ", against a member: ensemble", set, EnsembleFindings.OnSet::ensemble);
      row(
          table,
          set + ", against a member: ensemble without it",
          set,
          EnsembleFindings.OnSet::ensembleWithout);
      row(table, set + ", against the ensemble: ensemble", set, on -> on.whole().accuracy());
    }
    return table
        + String.format(
            Locale.ROOT,
            "%nall in %%; distance of two members %.3g of the length of the weights%nstore %s",
            findings.spread().between(),
            store);
  }

  private void row(
      TextTable table, String name, String set, ToDoubleFunction<EnsembleFindings.OnSet> figure) {
    List<String> row = new ArrayList<>(List.of(name, percent(findings, set, figure)));
    if (independent != null) {
      row.add(percent(independent, set, figure));
    }
    table.row(row);
  }

  private static String percent(
      EnsembleFindings findings, String set, ToDoubleFunction<EnsembleFindings.OnSet> figure) {
    return String.format(Locale.ROOT, "%.2f", 100 * figure.applyAsDouble(findings.sets().get(set)));
  }
}
