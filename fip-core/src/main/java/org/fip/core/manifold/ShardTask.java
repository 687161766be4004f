package org.fip.core.manifold;

import java.io.Serializable;

/** What one round computes on each shard. */
public interface ShardTask extends Serializable {

  /** The shard's share. */
  Partial run(Shard shard, Vectors vectors);
}
