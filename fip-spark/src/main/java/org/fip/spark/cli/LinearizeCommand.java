package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.hadoop.fs.Path;
import org.fip.core.engine.Precision;
import org.fip.core.geometry.PointProducts;
import org.fip.core.network.Network;
import org.fip.core.safetensors.SafetensorsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fip linearize}. */
@Command(
    name = "linearize",
    description = {
      "Computes the products of a network's Jacobian at one point, for checks and other tools:"
          + " logits, Jv, JTu, Gv, vGv, Fv, vFv, loss, grad, eigvals_top10, trace_G.",
      "",
      "The inputs are the network's (pixel_values, or input_ids, attention_mask and"
          + " token_type_ids), 'labels', a direction 'v' and cotangents 'u'; what lacks its tensor is"
          + " left out."
    },
    footer = {
      "  fip linearize --network models/digits --inputs in.safetensors --out out.safetensors"
    })
final class LinearizeCommand extends FipCommand {
  @Spec private CommandSpec spec;

  @Mixin private NetworkOption network;

  @Option(
      names = "--inputs",
      paramLabel = "IN.safetensors",
      required = true,
      description = "The tensors to use.")
  private String inputs;

  @Option(
      names = "--out",
      paramLabel = "OUT.safetensors",
      required = true,
      description = "The file to write, as F64; one that is there is replaced.")
  private String out;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = "float32 or float64, what the network runs in; default ${DEFAULT-VALUE}.")
  private Precision precision;

  @Option(
      names = "--shards",
      paramLabel = "N",
      defaultValue = "1",
      description = "Cut the examples into N parts, as executors do; default ${DEFAULT-VALUE}.")
  private int shards;

  @Mixin private TensorOptions tensors;

  @Override
  Outcome run(Session session) {
    if (shards < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--shards': " + shards + " is not positive");
    }
    Network loaded = network.load(session).restrictedTo(tensors.selection());
    Path target = session.path("--out", out);
    PointProducts products;
    try (SafetensorsReader given = session.tensors("--inputs", inputs)) {
      products = PointProducts.compute(loaded, given, precision, shards);
    }
    NewFile.write(target, session.hadoop(), products::writeTo);
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("out", target.toString());
    ArrayNode names = json.putArray("tensors");
    products.names().forEach(names::add);
    return Outcome.of(json, "wrote " + String.join(", ", products.names()) + " to " + target);
  }
}
