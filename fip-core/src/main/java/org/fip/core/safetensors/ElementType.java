package org.fip.core.safetensors;

import java.util.Optional;

/** The type of a tensor's elements, as named in a safetensors header. */
public enum ElementType {
  /** Signed 64-bit integer. */
  I64(8, false),
  /** IEEE 754 binary64. */
  F64(8, true),
  /** IEEE 754 binary32. */
  F32(4, true),
  /** Signed 32-bit integer. */
  I32(4, false),
  /** The upper half of a binary32. */
  BF16(2, true),
  /** IEEE 754 binary16. */
  F16(2, true),
  /** Signed 16-bit integer. */
  I16(2, false),
  /** Signed 8-bit integer. */
  I8(1, false),
  /** Unsigned 8-bit integer. */
  U8(1, false),
  /** A byte that is 0 or 1. */
  BOOL(1, false);

  private final int size;
  private final boolean floating;

  ElementType(int size, boolean floating) {
    this.size = size;
    this.floating = floating;
  }

  /** Bytes an element takes. */
  public int size() {
    return size;
  }

  /** Whether the elements are floating-point numbers. */
  public boolean isFloating() {
    return floating;
  }

  /** The type of this name in a header; empty for one that this program does not compute with. */
  public static Optional<ElementType> find(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
