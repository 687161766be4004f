package org.fip.core.manifold;

import java.io.Serializable;
import java.util.List;

/**
 * The networks that points are compared with, as the workers know them; for most paths they are one
 * and the same.
 *
 * @param reference what drift is measured from, and what holds the path
 * @param start where the path began, with whose answers those of evaluations are compared
 */
public record Origins(Published reference, Published start) implements Serializable {

  /** Both are one network. */
  public Origins(Published both) {
    this(both, both);
  }

  /** The vectors, each once. */
  public List<Published> all() {
    return reference.id() == start.id() ? List.of(reference) : List.of(reference, start);
  }
}
