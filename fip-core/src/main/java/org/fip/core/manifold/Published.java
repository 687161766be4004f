package org.fip.core.manifold;

import java.io.Serializable;

/**
 * A vector that every worker can read, under a number that no other vector of the run has. What a
 * worker makes of it, such as a copy on its device, it may keep under that number.
 */
public interface Published extends Serializable {

  /** The vector's number. */
  long id();

  /** The vector; on a worker this may fetch it. Not to be written to. */
  float[] value();
}
