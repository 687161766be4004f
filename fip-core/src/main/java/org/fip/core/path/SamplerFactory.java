package org.fip.core.path;

import java.io.Serializable;
import org.fip.core.manifold.Manifold;

/** Makes a sampler wherever a walk is walked. */
@FunctionalInterface
public interface SamplerFactory extends Serializable {

  /** A sampler that takes its steps on the manifold. */
  Sampler on(Manifold manifold);
}
