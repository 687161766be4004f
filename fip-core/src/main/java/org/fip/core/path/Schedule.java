package org.fip.core.path;

/** How the learning rate changes along a path. */
public enum Schedule {
  /** Stays as it is. */
  CONSTANT,
  /** Falls linearly to zero at the last step. */
  LINEAR;

  /** Factor of the learning rate at a step of a stretch. */
  public double factor(Stretch stretch, long step) {
    return this == LINEAR ? 1 - (double) (step - stretch.first()) / stretch.steps() : 1;
  }
}
