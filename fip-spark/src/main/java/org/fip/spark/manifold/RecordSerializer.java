package org.fip.spark.manifold;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records through Kryo, whose version in Spark is older than records: component by component, and
 * back through the canonical constructor with its checks. Lists are written as {@link ArrayList},
 * because the classes behind {@link List#of()} cannot be registered by name.
 */
final class RecordSerializer<T extends Record> extends Serializer<T> {
  private final List<Method> accessors = new ArrayList<>();
  private final Constructor<T> constructor;

  RecordSerializer(Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      accessors.add(accessor);
    }
    try {
      constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
    constructor.setAccessible(true);
    setImmutable(true);
  }

  @Override
  public void write(Kryo kryo, Output output, T value) {
    try {
      for (Method accessor : accessors) {
        Object part = accessor.invoke(value);
        kryo.writeClassAndObject(
            output, part instanceof List<?> list ? new ArrayList<>(list) : part);
      }
    } catch (ReflectiveOperationException e) {
      throw new KryoException(e);
    }
  }

  @Override
  public T read(Kryo kryo, Input input, Class<T> type) {
    Object[] parts = new Object[accessors.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = kryo.readClassAndObject(input);
    }
    try {
      return constructor.newInstance(parts);
    } catch (ReflectiveOperationException e) {
      throw new KryoException(e);
    }
  }
}
