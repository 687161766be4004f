package org.fip.spark.recipe;

import java.util.Locale;

/** A command that runs a recipe. */
public enum Command implements Labelled {
  /** Ordinary training of a new or an existing network. */
  TRAIN,
  /** Learns tasks one after another along functionally invariant paths. */
  ADAPT,
  /** Walks to a sparsity pattern. */
  SPARSIFY;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
