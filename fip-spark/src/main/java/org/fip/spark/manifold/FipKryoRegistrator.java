package org.fip.spark.manifold;

import com.esotericsoftware.kryo.Kryo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.apache.spark.serializer.KryoRegistrator;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.ShardData;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.network.OutputHeads;
import org.fip.core.path.Measurement;

/**
 * The classes that fly between driver and executors: examples and networks out, vectors both ways,
 * shares back.
 */
public final class FipKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(ArrayList.class);
    kryo.register(LinkedHashMap.class);
    kryo.register(Integer[].class);
    kryo.register(byte[][].class);
    kryo.register(EncodedExamples.class);
    kryo.register(EncodedExamples.Kind.class);
    kryo.register(FipException.Category.class);
    register(kryo, EncodedExamples.Tensor.class);
    register(kryo, ImageShape.class);
    register(kryo, ShardData.class);
    kryo.register(int[].class);
    register(kryo, OutputHeads.class);
    register(kryo, NetworkDefinition.class);
    register(kryo, WorkerSpec.class);
    register(kryo, WorkerData.class);
    register(kryo, Share.class);
    kryo.register(LegAnswer.Kind.class);
    register(kryo, LegAnswer.class);
    register(kryo, Measurement.class);
    register(kryo, Evaluation.class);
  }

  private static <T extends Record> void register(Kryo kryo, Class<T> type) {
    kryo.register(type, new RecordSerializer<>(type));
  }
}
