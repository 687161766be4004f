package org.fip.core.safetensors;

import java.util.List;
import org.fip.core.FipException;

/**
 * One tensor of a safetensors file as its header describes it.
 *
 * @param name the tensor's name
 * @param dtype the type's name as it stands in the header, perhaps one that is only carried through
 * @param shape the dimensions; empty for a scalar
 * @param begin first byte, counted from the start of the data section
 * @param end one past the last byte
 */
public record TensorInfo(String name, String dtype, List<Long> shape, long begin, long end) {

  /** Copies the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /**
   * The element type.
   *
   * @throws FipException with category DATA when it is none that can be computed with
   */
  public ElementType type() {
    return ElementType.find(dtype)
        .orElseThrow(
            () ->
                FipException.data(
                    "tensor '%s' has dtype %s, which cannot be computed with; use one of %s",
                    name, dtype, List.of(ElementType.values())));
  }

  /** The number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** The number of bytes. */
  public long bytes() {
    return end - begin;
  }

  /** The shape as an array. */
  public long[] dimensions() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
