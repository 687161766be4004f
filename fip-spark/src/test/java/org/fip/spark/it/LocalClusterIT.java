package org.fip.spark.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path on executors that Spark starts beside the driver. */
class LocalClusterIT {
  private static final int STEPS = 30;

  @TempDir private Path folder;

  @Test
  void endsAtTheBitsOfOneProcess() throws IOException {
    Digits.network().save(new LocalFolder(folder.resolve("net")));
    Digits.adaptRecipe(folder, STEPS, STEPS);
    adapt("local", "local[2]");
    Finish finish = adapt("cluster", "local-cluster[2,1,2048]");
    assertTrue(finish.err().contains("2 shards on 2 executors"), finish.err());
    assertArrayEquals(network("local"), network("cluster"));
  }

  private Finish adapt(String store, String master) {
    return Launch.fip(
            "adapt",
            folder.resolve("adapt.yaml").toString(),
            "--json",
            "--set",
            "network=" + folder.resolve("net"),
            "--set",
            "output=" + folder.resolve(store),
            "--master",
            master)
        .finish()
        .ok();
  }

  private byte[] network(String store) throws IOException {
    return Files.readAllBytes(folder.resolve(store + "/network/model.safetensors"));
  }
}
