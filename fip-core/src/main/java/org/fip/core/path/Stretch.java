package org.fip.core.path;

import java.io.Serializable;

/**
 * A part of a path that one sampler walks: a whole path, or one task of a sequence.
 *
 * @param first step at which it begins
 * @param steps how many steps it has
 */
public record Stretch(long first, long steps) implements Serializable {

  /** The step at which it ends. */
  public long last() {
    return first + steps;
  }
}
