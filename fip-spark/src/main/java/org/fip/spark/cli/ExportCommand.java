package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.Path;
import org.fip.core.network.Network;
import org.fip.core.storage.Folder;
import org.fip.spark.store.PathStore;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fip export}. */
@Command(
    name = "export",
    description = {
      "Writes a waypoint as a Hugging Face folder with a model card. It opens in transformers when"
          + " the start network did.",
      "",
      "Between two waypoints the weights are interpolated linearly."
    },
    footer = {"  fip export --store paths/digits-to-fashion --at 250.5 --out models/halfway"})
final class ExportCommand extends FipCommand {
  private static final String CARD = "README.md";

  @Option(
      names = "--store",
      paramLabel = "PATH",
      required = true,
      description = "The path store; of a store of nights, the published night's.")
  private String store;

  @ArgGroup private Position position = new Position();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The folder to write; it appears as a whole or not at all.")
  private String out;

  @Option(names = "--force", description = "Replace the network that is in the folder.")
  private boolean force;

  /** Where on the path; the newest waypoint when nothing is given. */
  static final class Position {
    @Option(
        names = "--step",
        paramLabel = "N",
        description = "The waypoint of that step; default the newest.")
    private Long step;

    @Option(
        names = "--at",
        paramLabel = "T",
        description = "Any point from the first to the last waypoint, such as 250.5.")
    private Double at;
  }

  @Override
  Outcome run(Session session) {
    PathStore opened = OpenedPaths.published(session, "--store", store);
    PathPosition where = PathPosition.find(opened, position.step, position.at);
    Path target = session.path("--out", out);
    NewFolder folder = NewFolder.at(target, force, NewFolder.Content.NETWORK, session.hadoop());
    Network network = where.network();
    String card = ModelCard.of(opened, where, network);
    folder.write(
        part -> {
          network.save(part);
          writeCard(part, card);
        });
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("store", opened.location());
    json.put("network", target.toString()).put("at", where.t());
    return Outcome.of(
        json, "wrote " + where.describe() + " of " + opened.location() + " to " + target);
  }

  private static void writeCard(Folder folder, String card) throws IOException {
    try (OutputStream stream = folder.create(CARD)) {
      stream.write(card.getBytes(StandardCharsets.UTF_8));
    }
  }
}
