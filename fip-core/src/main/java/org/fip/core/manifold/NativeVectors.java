package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.fip.core.engine.Program;
import org.fip.core.solver.VectorSpace;

/** Vectors as arrays of a device; new ones belong to a scope. */
record NativeVectors(NDManager scope) implements VectorSpace<NDArray> {

  @Override
  public NDArray zeros(NDArray like) {
    return scope.zeros(like.getShape(), DataType.FLOAT32);
  }

  @Override
  public NDArray copy(NDArray a) {
    NDArray copy = scope.create(a.getShape(), DataType.FLOAT32);
    a.copyTo(copy);
    return copy;
  }

  /** Products are rounded to float32 and added in double: half the memory of a widened copy. */
  @Override
  public double dot(NDArray a, NDArray b) {
    try (NDArray products = a.mul(b);
        NDArray wide = products.toType(DataType.FLOAT64, false);
        NDArray sum = wide.sum()) {
      return Program.doubles(sum)[0];
    }
  }

  @Override
  public void add(NDArray target, double factor, NDArray a) {
    try (NDArray scaled = a.mul((float) factor)) {
      target.addi(scaled);
    }
  }

  @Override
  public void scaleAndAdd(NDArray target, double factor, NDArray a) {
    target.muli((float) factor).addi(a);
  }

  @Override
  public void divide(NDArray target, NDArray a, NDArray divisor) {
    a.copyTo(target);
    target.divi(divisor);
  }

  @Override
  public void release(NDArray a) {
    a.close();
  }
}
