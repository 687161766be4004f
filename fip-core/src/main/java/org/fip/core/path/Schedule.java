package org.fip.core.path;

/** How the learning rate changes along a path. */
public enum Schedule {
  /** Stays as it is. */
  CONSTANT,
  /** Falls linearly to zero at the last step. */
  LINEAR;

  /** Factor of the learning rate at a step of so many. */
  public double factor(long step, long steps) {
    return this == LINEAR ? 1 - (double) step / steps : 1;
  }
}
