package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Workers;
import org.fip.core.manifold.WorkersContract;
import org.fip.core.network.NetworkDefinition;
import org.junit.jupiter.api.Test;

/** The contract on a master that is this process, without Spark. */
class LocalMasterTest extends WorkersContract {
  @Override
  protected Workers open(
      NetworkDefinition network, long seed, int shards, Map<String, EncodedExamples> data) {
    SparkConf conf = new SparkConf(false).setMaster("local[1]");
    return LocalMaster.workers(conf)
        .orElseThrow()
        .open(network, new WorkersSettings(seed, shards, WorkersSettings.MEMORY), data);
  }

  @Override
  protected int workers(int shards) {
    return 1;
  }

  @Test
  void countsTheTasksThatThisProcessRunsAtOnce() {
    int all = Runtime.getRuntime().availableProcessors();
    assertEquals(OptionalInt.of(1), LocalMaster.cores("local"));
    assertEquals(OptionalInt.of(3), LocalMaster.cores("local[3]"));
    assertEquals(OptionalInt.of(3), LocalMaster.cores("local[ 3 , 2 ]"));
    assertEquals(OptionalInt.of(all), LocalMaster.cores("local[*]"));
  }

  @Test
  void leavesAllOtherMastersToSpark() {
    for (String master :
        List.of("local-cluster[2,1,1024]", "spark://h:7077", "yarn", "local[0]", "local[x]")) {
      assertTrue(LocalMaster.workers(new SparkConf(false).setMaster(master)).isEmpty(), master);
    }
  }
}
