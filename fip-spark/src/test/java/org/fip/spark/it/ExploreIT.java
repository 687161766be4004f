package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An exploration as a user types it: one point fails, and the same command mends it. */
class ExploreIT {
  private static final int STEPS = 4;

  @TempDir private Path folder;

  @Test
  void endsWithAFailureThatTheSameCommandMends() throws IOException {
    Digits.network().save(new LocalFolder(folder.resolve("net")));
    Digits.adaptRecipe(folder, STEPS, STEPS);
    Finish failed = explore("local[2]");
    failed.assertFails(66, "1 of 2 points failed, the first with: ");
    JsonNode json = failed.json();
    assertEquals(1, json.get("finished").asInt(), json.toString());
    assertEquals("not-found", json.at("/error/category").asText());
    assertTrue(Files.exists(folder.resolve("explored/catalogue.parquet")));

    Digits.network().save(new LocalFolder(folder.resolve("absent")));
    JsonNode mended = explore("local-cluster[2,1,2048]").ok().json();
    assertEquals(2, mended.get("finished").asInt(), mended.toString());
    assertEquals(
        mended.at("/points/0/measures/digits").asDouble(),
        mended.at("/points/1/measures/digits").asDouble());
  }

  private Finish explore(String master) {
    return Launch.fip(
            "explore",
            folder.resolve("adapt.yaml").toString(),
            "--json",
            "--set",
            "output=" + folder.resolve("explored"),
            "--set",
            "explore.grid.network=[%s, %s]"
                .formatted(folder.resolve("net"), folder.resolve("absent")),
            "--set",
            "explore.retries=0",
            "--master",
            master)
        .finish();
  }
}
