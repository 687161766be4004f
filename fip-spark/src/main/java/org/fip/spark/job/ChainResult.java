package org.fip.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where each operation of a chain ended.
 *
 * @param store folder of the operations' stores
 * @param operations in order
 */
public record ChainResult(String store, List<Done> operations) implements JobResult {

  /**
   * One operation.
   *
   * @param name its place and command
   * @param report its result
   * @param zeros share of zeros in the matrices and kernels of its network
   */
  public record Done(String name, ObjectNode report, double zeros) {

    private JsonNode evaluation(String set, String when) {
      return report.path("evaluation").path(set).path(when).path("accuracy");
    }
  }

  /** The evaluation sets of all operations. */
  private Set<String> sets() {
    Set<String> sets = new LinkedHashSet<>();
    for (Done done : operations) {
      done.report().path("evaluation").fieldNames().forEachRemaining(sets::add);
    }
    return sets;
  }

  /** Accuracies on a set at the start and after each operation; missing where it was not asked. */
  private List<JsonNode> course(String set) {
    List<JsonNode> course = new ArrayList<>();
    course.add(operations.get(0).evaluation(set, "start"));
    operations.forEach(done -> course.add(done.evaluation(set, "end")));
    return course;
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode().put("store", store);
    json.set("network", operations.get(operations.size() - 1).report().path("network"));
    ObjectNode accuracy = json.putObject("accuracy");
    for (String set : sets()) {
      ArrayNode values = accuracy.putArray(set);
      course(set).forEach(value -> values.add(value.isMissingNode() ? null : value));
    }
    ArrayNode zeros = json.putArray("zeros");
    ArrayNode list = json.putArray("operations");
    for (Done done : operations) {
      zeros.add(done.zeros());
      list.addObject().put("name", done.name()).set("result", done.report().deepCopy());
    }
    json.putObject("definitions")
        .put("accuracy", "at the start of the first operation, then at the end of each")
        .put("zeros", "share of matrices and kernels, at the end of each operation");
    return json;
  }

  @Override
  public String summary() {
    List<String> head = new ArrayList<>(List.of("accuracy %", "start"));
    List<String> zeros = new ArrayList<>(List.of("zeros %", ""));
    for (Done done : operations) {
      head.add(done.name());
      zeros.add(percent(done.zeros()));
    }
    TextTable table = new TextTable().row(head);
    for (String set : sets()) {
      List<String> row = new ArrayList<>(List.of(set));
      course(set).forEach(v -> row.add(v.isMissingNode() ? "-" : percent(v.asDouble())));
      table.row(row);
    }
    Done last = operations.get(operations.size() - 1);
    return table.row(zeros) + String.format("%nnetwork %s", last.report().path("network").asText());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f", 100 * share);
  }
}
