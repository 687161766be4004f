package org.fip.core.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.fip.core.engine.Program;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Graph;
import org.fip.core.network.Input;
import org.fip.core.network.Network;
import org.fip.core.network.Parameter;
import org.fip.core.network.Value;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.storage.LocalFolder;

/**
 * Writes the programs of networks, as this project runs them, for a PyTorch of another machine: for
 * each of the benchmark's networks an archive that {@code torch.jit.load} opens and a description
 * of what to feed it, and for each fixture the same beside the names of its tensors in the order of
 * w.
 *
 * <p>Arguments: the folder to write to, then the folder of fixtures or {@code -}.
 */
public final class ProgramExport {
  private ProgramExport() {}

  /** Writes the folder. */
  public static void main(String[] args) throws IOException {
    Path out = Path.of(args[0]);
    for (BenchCase at : BenchCase.ALL) {
      Graph graph = BenchPoint.graph(at);
      WeightLayout layout = BenchPoint.layout(graph);
      ObjectNode description = describe(graph, layout);
      description.put("title", at.title()).put("batch", at.batch()).put("sides", at.sides());
      write(out.resolve("cases").resolve(at.key()), graph, layout, description);
    }
    Path fixtures = Path.of(args[1]);
    if (Files.isDirectory(fixtures)) {
      try (var folders = Files.list(fixtures)) {
        for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
          Network network = Network.load(new LocalFolder(folder));
          ObjectNode description = describe(network.graph(), network.layout());
          description.put("folder", folder.toAbsolutePath().toString());
          ArrayNode order = description.putArray("order");
          network.tensors().forEach(tensor -> order.add(tensor.name()));
          ArrayNode constants = description.putArray("constantOrder");
          network.graph().constants().forEach(c -> constants.add(c.name()));
          write(
              out.resolve("fixtures").resolve(folder.getFileName()),
              network.graph(),
              network.layout(),
              description);
        }
      }
    }
  }

  private static ObjectNode describe(Graph graph, WeightLayout layout) {
    ObjectNode node = Environment.JSON.createObjectNode();
    node.put("classes", graph.classes());
    ArrayNode weights = node.putArray("weights");
    layout.slots().forEach(slot -> describe(slot.parameter(), weights));
    ArrayNode constants = node.putArray("constants");
    graph.constants().forEach(constant -> describe(constant, constants));
    ArrayNode inputs = node.putArray("inputs");
    for (Input input : graph.inputs()) {
      ObjectNode entry = inputs.addObject();
      entry.put("name", input.name()).put("kind", input.kind().name()).put("limit", input.limit());
      ArrayNode shape = entry.putArray("shape");
      input.shape().forEach(side -> shape.add(side == Value.ANY ? -1 : side));
    }
    return node;
  }

  private static void describe(Parameter parameter, ArrayNode list) {
    list.addObject()
        .put("size", parameter.size())
        .put("rows", parameter.shape().get(0))
        .put("initial", parameter.initial().name());
  }

  private static void write(Path folder, Graph graph, WeightLayout layout, ObjectNode description)
      throws IOException {
    Files.createDirectories(folder);
    String source = NetworkProgram.source(graph, layout, List.of(CrossEntropy.INSTANCE));
    Files.write(folder.resolve("program.pt"), Program.archive(source));
    Files.writeString(
        folder.resolve("program.json"), Environment.JSON.writeValueAsString(description));
  }
}
