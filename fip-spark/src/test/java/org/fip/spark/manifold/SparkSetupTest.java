package org.fip.spark.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.junit.jupiter.api.Test;

class SparkSetupTest {
  private static final String OURS = FipKryoRegistrator.class.getName();

  @Test
  void whatTheUserHasSetStays() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.ui.enabled", "true")
            .set("spark.kryo.registrator", "theirs.Registrator")
            .set("spark.executorEnv.OMP_NUM_THREADS", "4");
    SparkSetup.complete(SparkSetup.complete(conf));
    assertEquals("true", conf.get("spark.ui.enabled"));
    assertEquals("theirs.Registrator," + OURS, conf.get("spark.kryo.registrator"));
    assertEquals("4", conf.get("spark.executorEnv.OMP_NUM_THREADS"));
    assertEquals("true", conf.get("spark.kryo.registrationRequired"));
  }

  @Test
  void anotherSerializerIsLeftAlone() {
    SparkConf conf = new SparkConf(false).set("spark.serializer", JavaSerializer.class.getName());
    SparkSetup.complete(conf);
    assertEquals(JavaSerializer.class.getName(), conf.get("spark.serializer"));
    assertFalse(conf.contains("spark.kryo.registrator"));
  }
}
