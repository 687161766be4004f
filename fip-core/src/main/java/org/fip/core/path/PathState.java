package org.fip.core.path;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a sampler needs to go on from a step, and nothing else: two walks with equal states
 * and equal settings end at the same bits. A sampler changes it in place.
 *
 * <p>All vectors are float32 of length P, the number of trainable weights, in the order of the
 * network's {@code WeightLayout}.
 */
public final class PathState {
  private long step;
  private final float[] weights;
  private final TreeMap<String, float[]> vectors = new TreeMap<>();
  private final TreeMap<String, Double> scalars = new TreeMap<>();

  /** A state at step 0 that owns {@code weights}. */
  public PathState(float[] weights) {
    this(0, weights);
  }

  /** A state at the given step that owns {@code weights}. */
  public PathState(long step, float[] weights) {
    this.step = step;
    this.weights = weights;
  }

  /** The number of steps taken. */
  public long step() {
    return step;
  }

  /** Counts one more step. */
  public void advance() {
    step++;
  }

  /** The current weights, length P, owned by this state. */
  public float[] weights() {
    return weights;
  }

  /** The sampler's vector of this name, created as zeros when absent; owned by this state. */
  public float[] vector(String name) {
    return vectors.computeIfAbsent(name, n -> new float[weights.length]);
  }

  /** The sampler's scalar of this name, or {@code initial} when absent. */
  public double scalar(String name, double initial) {
    return scalars.getOrDefault(name, initial);
  }

  /** Sets the sampler's scalar of this name. */
  public void setScalar(String name, double value) {
    scalars.put(name, value);
  }

  /** All vectors by name; live. */
  public SortedMap<String, float[]> vectors() {
    return vectors;
  }

  /** All scalars by name; live. */
  public SortedMap<String, Double> scalars() {
    return scalars;
  }
}
