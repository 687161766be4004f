package org.fip.spark.recipe;

/** What a task of a sequence adds to those before it. */
public enum Incremental {
  /** Classes: all outputs learned so far compete, and the network is not told the task. */
  CLASS,
  /** A head of its own: only the outputs of an example's own task compete. */
  TASK,
  /** A domain: all tasks have the same labels. */
  DOMAIN;

  /** The name in recipes. */
  public String label() {
    return Labels.of(this);
  }
}
