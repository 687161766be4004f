package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.SparkConf;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StageChoiceTest {
  private static final int LENET = 266_610;
  private static final SparkConf PLAIN = new SparkConf(false);

  private static boolean isStage(Communication asked, int workers, long rounds, int weights) {
    return StageChoice.of(PLAIN, asked, workers).isStage(rounds, weights);
  }

  @Test
  void executorsSumAmongThemselvesWhereRoundsAreManyOrLarge() {
    assertTrue(isStage(Communication.AUTO, 2, 100, LENET));
    assertFalse(isStage(Communication.AUTO, 2, 10, LENET));
    assertFalse(isStage(Communication.AUTO, 2, 10, 11_000_000));
    assertTrue(isStage(Communication.AUTO, 32, 10, 11_000_000));
    assertTrue(isStage(Communication.AUTO, 2, 12, 11_000_000));
    assertFalse(isStage(Communication.AUTO, 2, 1, 11_000_000));
    assertFalse(isStage(Communication.AUTO, 1, 1000, 110_000_000), "one executor");
  }

  @Test
  void whoeverAsksIsGivenWhatHeAsksFor() {
    assertTrue(isStage(Communication.EXECUTORS, 2, 1, 10));
    assertFalse(isStage(Communication.DRIVER, 64, 1000, 110_000_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.network.crypto.enabled",
        "spark.authenticate.enableSaslEncryption",
        "spark.ssl.rpc.enabled",
        "spark.dynamicAllocation.enabled"
      })
  void whatStandsAgainstItIsNamed(String setting) {
    SparkConf conf = new SparkConf(false).set(setting, "true");
    FipException failure =
        assertThrows(FipException.class, () -> StageChoice.of(conf, Communication.EXECUTORS, 2));
    assertEquals(Category.CONFIGURATION, failure.category());
    assertTrue(
        failure.getMessage().startsWith("path.communication.mode is executors, and " + setting),
        failure.getMessage());
    assertFalse(StageChoice.of(conf, Communication.AUTO, 2).isStage(1000, LENET));
  }
}
