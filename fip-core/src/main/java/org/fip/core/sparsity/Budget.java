package org.fip.core.sparsity;

/** Who competes with whom for staying. */
public enum Budget {
  /** All units of the network: those that count least go, wherever they are. */
  GLOBAL,
  /** The units of each layer: every layer loses the same share. */
  LAYER
}
