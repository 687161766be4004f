package org.fip.core.engine;

import ai.djl.ndarray.types.DataType;

/** The floating-point type that products are computed in. */
public enum Precision {
  /** 32-bit, what paths are walked in. */
  FLOAT32(DataType.FLOAT32),
  /** 64-bit, for checks. */
  FLOAT64(DataType.FLOAT64);

  private final DataType type;

  Precision(DataType type) {
    this.type = type;
  }

  /** The engine's name of the type. */
  public DataType type() {
    return type;
  }
}
