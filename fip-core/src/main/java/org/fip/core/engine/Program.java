package org.fip.core.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A TorchScript class loaded on one device, whose methods run as one native call each. Safe for
 * several threads at once.
 */
public final class Program implements AutoCloseable {
  /** Most floats whose bytes one buffer of the engine counts. */
  private static final int BLOCK = 1 << 28;

  private final PtNDManager manager;
  private final PtSymbolBlock module;

  /**
   * Loads the methods; the source is TorchScript as {@code torch.jit.save} writes it.
   *
   * @param methods source text, each method indented by two spaces
   */
  public Program(Device device, String methods) {
    manager = (PtNDManager) Torch.newManager(device);
    try {
      module =
          JniUtils.loadModule(
              manager, new ByteArrayInputStream(TorchScriptArchive.of(methods)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The archive of a program, as a file that {@code torch.jit.load} opens too. */
  public static byte[] archive(String methods) {
    return TorchScriptArchive.of(methods);
  }

  /**
   * Runs a method. Arguments are arrays, or lists of arrays for parameters of type {@code
   * List[Tensor]}; what it returns, tuples and lists flattened, belongs to {@code scope}.
   */
  public NDList call(NDManager scope, String method, Object... arguments) {
    Torch.use();
    NDList inputs = new NDList();
    // The engine gives the results to the manager of the first input, which is this marker.
    NDArray marker = scope.create(new Shape(1), DataType.UINT8);
    marker.setName("module_method:" + method);
    inputs.add(marker);
    for (int i = 0; i < arguments.length; i++) {
      add(inputs, arguments[i], i);
    }
    try {
      return IValueUtils.forward(module, inputs, true);
    } finally {
      // A method that fails half-way may leave recording on for this thread.
      JniUtils.setGradMode(false);
      marker.close();
    }
  }

  private static void add(NDList inputs, Object argument, int position) {
    if (argument instanceof NDArray array) {
      array.setName(null);
      inputs.add(array);
      return;
    }
    String name = "a" + position + "[]";
    for (Object element : (List<?>) argument) {
      NDArray array = (NDArray) element;
      array.setName(name);
      inputs.add(array);
    }
  }

  /** Copies host floats to a new array of this shape, widened when the precision asks for it. */
  public static NDArray upload(NDManager scope, float[] values, Precision precision, Shape shape) {
    return upload(scope, values, precision, shape, BLOCK);
  }

  /** The same in blocks of so many floats. */
  static NDArray upload(
      NDManager scope, float[] values, Precision precision, Shape shape, int block) {
    NDArray array = scope.create(shape, precision.type());
    if (precision == Precision.FLOAT32) {
      inBlocks(array, block, (start, part) -> copy(values, start, part));
      return array;
    }
    double[] wide = new double[Math.toIntExact(array.size())];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    upload(wide, array);
    return array;
  }

  private static void copy(float[] values, int from, NDArray target) {
    int length = Math.toIntExact(target.size());
    if (target.getDevice().isGpu()) {
      ByteBuffer bytes = target.getManager().allocateDirect(length * Float.BYTES);
      bytes.asFloatBuffer().put(values, from, length);
      bytes.rewind();
      target.set(bytes);
    } else {
      target.toByteBuffer(true).asFloatBuffer().put(values, from, length);
    }
  }

  /** What is done with one block of an array. */
  private interface BlockUse {
    void accept(int start, NDArray block);
  }

  /** The array in blocks, views of it, whose bytes a buffer can count. */
  private static void inBlocks(NDArray array, int most, BlockUse use) {
    int size = Math.toIntExact(array.size());
    if (size <= most) {
      use.accept(0, array);
      return;
    }
    try (NDArray flat = array.reshape(size)) {
      for (int start = 0; start < size; start += Math.min(most, size - start)) {
        int end = start + Math.min(most, size - start);
        try (NDArray block = flat.get(new NDIndex().addSliceDim(start, end))) {
          use.accept(start, block);
        }
      }
    }
  }

  private static void upload(double[] values, NDArray target) {
    inBlocks(target, BLOCK / 2, (start, part) -> copy(values, start, part));
  }

  private static void copy(double[] values, int from, NDArray target) {
    int length = Math.toIntExact(target.size());
    if (target.getDevice().isGpu()) {
      ByteBuffer bytes = target.getManager().allocateDirect(length * Double.BYTES);
      bytes.asDoubleBuffer().put(values, from, length);
      bytes.rewind();
      target.set(bytes);
    } else {
      target.toByteBuffer(true).asDoubleBuffer().put(values, from, length);
    }
  }

  /** Copies host doubles to a new array of this shape, rounded when the precision asks for it. */
  public static NDArray upload(NDManager scope, double[] values, Precision precision, Shape shape) {
    if (precision == Precision.FLOAT32) {
      float[] narrow = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        narrow[i] = (float) values[i];
      }
      return upload(scope, narrow, precision, shape);
    }
    NDArray array = scope.create(shape, precision.type());
    upload(values, array);
    return array;
  }

  /** Copies host integers to a new INT64 array of this shape. */
  public static NDArray upload(NDManager scope, int[] values, Shape shape) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return scope.create(wide, shape);
  }

  /** Copies a FLOAT32 array to the host. */
  public static float[] floats(NDArray array) {
    return floats(array, BLOCK);
  }

  /** The same in blocks of so many floats. */
  static float[] floats(NDArray array, int most) {
    float[] values = new float[Math.toIntExact(array.size())];
    inBlocks(
        array,
        most,
        (start, block) ->
            block
                .toByteBuffer(true)
                .asFloatBuffer()
                .get(values, start, Math.toIntExact(block.size())));
    return values;
  }

  /** Copies a FLOAT32 or FLOAT64 array to host doubles. */
  public static double[] doubles(NDArray array) {
    double[] values = new double[Math.toIntExact(array.size())];
    if (array.getDataType() == DataType.FLOAT64) {
      inBlocks(
          array,
          BLOCK / 2,
          (start, block) ->
              block
                  .toByteBuffer(true)
                  .asDoubleBuffer()
                  .get(values, start, Math.toIntExact(block.size())));
      return values;
    }
    float[] narrow = floats(array);
    for (int i = 0; i < values.length; i++) {
      values[i] = narrow[i];
    }
    return values;
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }
}
