package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;

/** The published vectors of one round as arrays on the worker's device, each copied there once. */
public final class Vectors {
  private final List<Published> published;
  private final Cache cache;

  private Vectors(List<Published> published, Cache cache) {
    this.published = published;
    this.cache = cache;
  }

  /** The vector at a position of the round's list, [P] float32; not to be closed or written to. */
  NDArray get(int position) {
    return cache.get(published.get(position));
  }

  /** The vectors from a position on, which is then the first. */
  Vectors from(int position) {
    return new Vectors(published.subList(position, published.size()), cache);
  }

  /** How many vectors the round has. */
  int size() {
    return published.size();
  }

  /** The number of the vector at a position. */
  long id(int position) {
    return published.get(position).id();
  }

  /** A worker's copies, by number. */
  static final class Cache implements AutoCloseable {
    private final NDManager manager;
    private final Map<Long, NDArray> copies = new ConcurrentHashMap<>();

    Cache(Device device) {
      manager = Torch.newManager(device);
    }

    Vectors open(List<Published> published) {
      return new Vectors(published, this);
    }

    private NDArray get(Published vector) {
      return copies.computeIfAbsent(
          vector.id(),
          id -> {
            float[] value = vector.value();
            return Program.upload(manager, value, Precision.FLOAT32, new Shape(value.length));
          });
    }

    /** Closes the copies of all vectors but these. */
    void retain(Set<Long> live) {
      copies
          .entrySet()
          .removeIf(
              entry -> {
                if (live.contains(entry.getKey())) {
                  return false;
                }
                entry.getValue().close();
                return true;
              });
    }

    @Override
    public void close() {
      copies.clear();
      manager.close();
    }
  }
}
