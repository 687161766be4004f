package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void anApplicationThatWasEndedMayBeRunAgain() {
    SparkContext spark =
        new SparkContext(
            new SparkConf(false)
                .setMaster("local[1]")
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
    spark.stop();
    IllegalStateException asked =
        assertThrows(
            IllegalStateException.class,
            () -> JavaSparkContext.fromSparkContext(spark).parallelize(List.of(1)));
    assertEquals(Category.TEMPORARY, Failure.of(asked).category());
    assertEquals(Category.INTERNAL, Failure.of(new IllegalStateException("another")).category());
  }
}
