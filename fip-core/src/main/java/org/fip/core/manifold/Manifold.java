package org.fip.core.manifold;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.network.Network;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Batch;

/**
 * Weight space with the metric that the anchors of a run give it. A sampler asks for a {@link
 * Point} and measures there; where the sums over examples are computed is up to the {@link
 * Workers}.
 */
public final class Manifold implements AutoCloseable {
  private static final long LOCAL_MEMORY = 2L << 30;

  private final Workers workers;
  private final Origins origins;

  /**
   * Takes over the workers.
   *
   * @param reference w0, the weights that drift is measured from
   */
  public Manifold(Workers workers, float[] reference) {
    this(workers, new Origins(workers.publish(reference)));
  }

  /**
   * Takes over the workers.
   *
   * @param reference the weights that drift is measured from
   * @param start those of the network with whose answers evaluations compare; where they are
   *     others, they travel once, too
   */
  public Manifold(Workers workers, float[] reference, float[] start) {
    this(workers, publish(workers, reference, start));
  }

  private static Origins publish(Workers workers, float[] reference, float[] start) {
    Published published = workers.publish(reference);
    return Arrays.equals(reference, start)
        ? new Origins(published)
        : new Origins(published, workers.publish(start));
  }

  /**
   * A manifold on one CPU of this process, which the library needs for small things: one shard, the
   * seed 0, and 2 GiB for activations. Whoever wants it otherwise gives {@link LocalWorkers} a
   * {@link WorkerSpec} of his own.
   *
   * @param network whose weights drift is measured from
   * @param data the data sets that terms and metrics name
   */
  public static Manifold local(Network network, Map<String, EncodedExamples> data) {
    WorkerSpec spec = new WorkerSpec(network.definition(), 1, 0, LOCAL_MEMORY);
    return new Manifold(new LocalWorkers(spec, data, Device.cpu()), network.weights());
  }

  /** Takes over the workers, which have these networks already. */
  public Manifold(Workers workers, Origins origins) {
    this.workers = workers;
    this.origins = origins;
  }

  /** The weights that drift is measured from, as the workers know them. */
  public Published reference() {
    return origins.reference();
  }

  /** The networks that points are compared with. */
  public Origins origins() {
    return origins;
  }

  /** The point with these weights, which are copied. Costs one broadcast of P floats. */
  public Point at(float[] weights) {
    return new Point(workers, origins, workers.publish(weights));
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

  /**
   * Half the squared distance of the reference network's logits from their mean over the outputs,
   * mean over a step's batch: how far its outputs are from saying nothing. One forward pass of the
   * batch; reduces one number.
   */
  public double referenceSpread(Batch batch, long step) {
    return workers.round(new SpreadTask(batch, step), List.of(origins.reference())).sums()[0];
  }

  /** What several networks and the mean of their probabilities say of a labelled set. */
  public EnsembleEvaluation ensemble(List<Point> members, String data) {
    return ensemble(members, new EnsembleTask(data, null, EnsembleTask.ALL));
  }

  /** The same on images that are perturbed against one of them, by its number. */
  public EnsembleEvaluation ensemble(List<Point> members, String data, Attack attack, int against) {
    return ensemble(members, new EnsembleTask(data, attack, against));
  }

  /** The same on images that are perturbed against the mean of their probabilities. */
  public EnsembleEvaluation ensemble(List<Point> members, String data, Attack attack) {
    return ensemble(members, new EnsembleTask(data, attack, EnsembleTask.ALL));
  }

  private EnsembleEvaluation ensemble(List<Point> members, EnsembleTask task) {
    List<Published> published = members.stream().map(Point::published).toList();
    return EnsembleCounts.evaluation(members.size(), workers.round(task, published).sums());
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
