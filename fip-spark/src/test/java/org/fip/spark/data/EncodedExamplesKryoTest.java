package org.fip.spark.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;

/** What is sent to executors, as Spark sends it when every class must be registered. */
class EncodedExamplesKryoTest {

  @Test
  void encodedExamplesTravelByKryo() {
    SparkConf conf = new SparkConf(false).set("spark.kryo.registrationRequired", "true");
    conf.registerKryoClasses(
        new Class<?>[] {EncodedExamples.class, EncodedExamples.Kind.class, byte[][].class});
    SerializerInstance kryo = new KryoSerializer(conf).newInstance();
    ClassTag<EncodedExamples> tag = ClassTag.apply(EncodedExamples.class);
    for (EncodedExamples examples : List.of(digits(), texts())) {
      ByteBuffer bytes = kryo.serialize(examples, tag);
      EncodedExamples back = kryo.deserialize(bytes, tag);
      assertEquals(examples.kind(), back.kind());
      assertEquals(examples.source(), back.source());
      assertArrayEquals(examples.labels(), back.labels());
      assertArrayEquals(examples.rows(), back.rows());
      for (int i = 0; i < examples.size(); i++) {
        assertArrayEquals(examples.payload(i), back.payload(i));
      }
    }
    ByteBuffer bytes = kryo.serialize(digits(), tag);
    EncodedExamples back = kryo.deserialize(bytes, tag);
    assertEquals(20, back.decode(DataFiles.preprocessor(true), new ImageShape(3, 8, 8)).size());
  }

  private static EncodedExamples digits() {
    return DataFiles.read(DataSelector.of("builtin:digits", "test").withLimit(20, 0));
  }

  private static EncodedExamples texts() {
    return EncodedExamples.texts(
        new byte[][] {{'a'}, {}}, new int[0], new int[] {0, 1}, "somewhere");
  }
}
