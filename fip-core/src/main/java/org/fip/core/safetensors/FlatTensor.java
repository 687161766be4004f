package org.fip.core.safetensors;

import java.util.List;

/**
 * A named tensor that is a slice of a flat float32 vector, row-major.
 *
 * @param name the tensor's name in the network's files
 * @param shape the dimensions; their product is {@code length}
 * @param offset index of its first element in the vector
 * @param length number of elements
 */
public record FlatTensor(String name, List<Long> shape, int offset, int length) {

  /** Copies the shape and checks that it has {@code length} elements. */
  public FlatTensor {
    shape = List.copyOf(shape);
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    if (elements != length || offset < 0) {
      throw new IllegalArgumentException(
          String.format(
              "tensor '%s' of shape %s has %d elements, its slice is %d at %d",
              name, shape, elements, length, offset));
    }
  }

  /** The shape as an array. */
  public long[] dimensions() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
