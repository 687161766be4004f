package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.recipe.Nights;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.StoreLock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fip paths latest}. */
@Command(
    name = "latest",
    description = {
      "Names the published network of a store of nights, or moves what is published to another"
          + " night, in one step."
    },
    footer = {
      "  fip paths latest nights/digits",
      "  fip paths latest nights/digits --publish 2026-11-23"
    })
final class PathsLatestCommand extends FipCommand {
  @Parameters(paramLabel = "STORE", description = "The store of nights.")
  private String store;

  @Option(
      names = "--publish",
      paramLabel = "NIGHT",
      description = "Publish the network of that night, also one that the gate refused.")
  private String publish;

  @Option(
      names = "--require",
      paramLabel = "NIGHT",
      description = "End with 65 unless the network of that night is published.")
  private String require;

  @Override
  Outcome run(Session session) {
    NightStore nights = NightStore.at(session.hadoop(), session.path("STORE", store), Nights.ORDER);
    if (publish != null) {
      try (StoreLock lock = StoreLock.acquire(session.hadoop(), session.path("STORE", store))) {
        nights.guardedBy(lock).publish(publish);
      }
    }
    String network = nights.network().location();
    String night = nights.latest().orElseThrow().night();
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("store", nights.location());
    json.put("night", night).put("network", network);
    String text = "night " + night + System.lineSeparator() + "network " + network;
    return require == null || require.equals(night)
        ? Outcome.of(json, text)
        : Outcome.failed(json, text, unpublished(nights, night));
  }

  private FipException unpublished(NightStore nights, String night) {
    String reason =
        nights
            .record(require)
            .map(record -> record.path("refusal").asText("another was published since"))
            .orElse("it has not ended");
    return new FipException(
        Category.DATA,
        "%s: night %s is not published: %s; what is published is night %s"
            .formatted(nights.location(), require, reason, night));
  }
}
