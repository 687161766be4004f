package org.fip.core.manifold;

import java.util.List;

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

  /**
   * The gradient of a curve's distance from the chord in output space, on the mini-batch of a step.
   * Reduces P floats for each inner node.
   *
   * @param nodes the corners of the curve in order, ends included
   */
  public CurveGradient curveGradient(List<Point> nodes, CurveTerm term, long step) {
    List<Published> published = nodes.stream().map(Point::published).toList();
    Partial sum = workers.round(new CurveGradientTask(term, step), published);
    return new CurveGradient(
        CurveGradientTask.parts(sum.vector(), nodes.size() - 2), sum.sums()[0]);
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
