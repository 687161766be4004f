package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.Workers;
import org.fip.core.network.Network;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fip evaluate}. */
@Command(
    name = "evaluate",
    description = "Measures accuracy and loss of a network on labelled data.",
    footer = {
      "  fip evaluate --network paths/digits-to-fashion/network --data data/fashion_mnist"
          + " --label-offset 10"
    })
final class EvaluateCommand extends FipCommand {
  private static final String DATA = "data";

  @Mixin private NetworkOption network;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Folder or file of data: Parquet, or idx pairs; or builtin:digits.")
  private String data;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = DataSelector.TEST,
      description = "train or test; default ${DEFAULT-VALUE}.")
  private String split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Draw a class-balanced sample of that size; default all.")
  private Integer limit;

  @Option(
      names = "--labels",
      paramLabel = "CLASS",
      split = ",",
      description = "Keep only these classes, such as 0,1,2; default all.")
  private List<Integer> labels;

  @Option(
      names = "--label-offset",
      paramLabel = "N",
      defaultValue = "0",
      description = "Add this to every label; default ${DEFAULT-VALUE}.")
  private int labelOffset;

  @Override
  Outcome run(Session session) {
    Network loaded = network.load(session);
    DataSelector selector = new DataSelector(data, split, labels, labelOffset, limit, 0);
    EncodedExamples examples = DataSets.read(selector, session.hadoop());
    if (examples.labels().length == 0) {
      throw FipException.data(
          "--data: %s has no labels; accuracy needs data with a column label", examples.source());
    }
    examples.checkLabels(loaded.classes(), "--data");
    Evaluation evaluation = evaluate(session, loaded, examples);
    return Outcome.of(toJson(evaluation), toText(evaluation));
  }

  private Evaluation evaluate(Session session, Network loaded, EncodedExamples examples) {
    Workers workers =
        session
            .context(json())
            .workers()
            .open(loaded.definition(), session.workers(0), Map.of(DATA, examples));
    try (Manifold manifold = new Manifold(workers, loaded.weights());
        Point point = manifold.at(loaded.weights())) {
      return point.evaluate(DATA);
    }
  }

  private ObjectNode toJson(Evaluation evaluation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("network", network.given()).put("data", data).put("split", split);
    Json.put(json, "accuracy", evaluation.accuracy());
    Json.put(json, "loss", evaluation.loss());
    return json.put("examples", evaluation.examples());
  }

  private static String toText(Evaluation evaluation) {
    return String.format(
        Locale.ROOT,
        "accuracy %.2f %%, loss %.4f, %d examples",
        100 * evaluation.accuracy(),
        evaluation.loss(),
        evaluation.examples());
  }
}
