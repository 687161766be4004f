package org.fip.spark.recipe;

import java.util.Locale;

/** How the learning rate changes along the path. */
public enum Schedule implements Labelled {
  /** Falls linearly from the learning rate to zero over the steps. */
  LINEAR,
  /** Stays. */
  CONSTANT;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
