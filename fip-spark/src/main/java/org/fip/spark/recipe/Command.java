package org.fip.spark.recipe;

/** A command that runs a recipe. */
public enum Command {
  /** Ordinary training of a new or an existing network. */
  TRAIN,
  /** Learns tasks one after another along functionally invariant paths. */
  ADAPT,
  /** Walks to a sparsity pattern. */
  SPARSIFY,
  /** Walks to robustness against small changes of the inputs. */
  ROBUSTIFY,
  /** Walks to many networks of one function that differ in weights or in errors. */
  DIVERSIFY,
  /** Relaxes a path between two networks to the least length. */
  CONNECT;

  /** The name in recipes. */
  public String label() {
    return Labels.of(this);
  }
}
