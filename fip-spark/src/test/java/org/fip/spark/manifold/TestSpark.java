package org.fip.spark.manifold;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** Applications of Spark for tests, with the settings that this program gives them. */
public final class TestSpark {
  /** Two executors as processes of their own, on one core each. */
  public static final String CLUSTER = "local-cluster[2,1,1024]";

  private TestSpark() {}

  /** Settings for a master. */
  public static SparkConf conf(String master) {
    return SparkSetup.complete(
        new SparkConf(false)
            .setMaster(master)
            .setAppName("test")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "3m")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path")));
  }

  /** An application on a master. */
  public static SparkContext start(String master) {
    return new SparkContext(conf(master));
  }
}
