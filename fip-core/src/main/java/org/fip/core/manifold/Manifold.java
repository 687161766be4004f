package org.fip.core.manifold;

/**
 * Weight space with the metric that the anchors of a run give it. A sampler asks for a {@link
 * Point} and measures there; where the sums over examples are computed is up to the {@link
 * Workers}.
 */
public final class Manifold implements AutoCloseable {
  private final Workers workers;
  private final Published reference;

  /**
   * Takes over the workers.
   *
   * @param reference w0, the weights that drift is measured from
   */
  public Manifold(Workers workers, float[] reference) {
    this.workers = workers;
    this.reference = workers.publish(reference);
  }

  /** Takes over the workers, which have the reference already. */
  public Manifold(Workers workers, Published reference) {
    this.workers = workers;
    this.reference = reference;
  }

  /** The weights that drift is measured from, as the workers know them. */
  public Published reference() {
    return reference;
  }

  /** The point with these weights, which are copied. Costs one broadcast of P floats. */
  public Point at(float[] weights) {
    return new Point(workers, reference, workers.publish(weights));
  }

  /** What has been communicated so far. */
  public Traffic traffic() {
    return workers.traffic();
  }

  @Override
  public void close() {
    workers.close();
  }
}
