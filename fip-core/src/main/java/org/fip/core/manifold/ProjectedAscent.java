package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.ExampleFunction;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Attack.Norm;

/**
 * The attack of {@link Attack}, with steps of fixed length or of a length that adapts to each image
 * (Auto-PGD, Croce and Hein 2020, arXiv 2003.01690, with its momentum and checkpoints).
 */
final class ProjectedAscent {
  private final PixelSteps pixels;
  private final Attack attack;
  private final ExampleFunction climbed;
  private final ExampleFunction ranking;

  /** Streams of random numbers of the images of a mini-batch. */
  interface Randomness {
    /** The stream of an image in a run. */
    SplittableRandom of(int image, int restart);
  }

  /**
   * An attack.
   *
   * @param climbed function whose gradient leads
   * @param ranking function that says which images are best; often the same
   */
  ProjectedAscent(
      PixelSteps pixels, Attack attack, ExampleFunction climbed, ExampleFunction ranking) {
    this.pixels = pixels;
    this.attack = attack;
    this.climbed = climbed;
    this.ranking = ranking;
  }

  /** The best images known so far and their values. */
  static final class Best {
    private final PixelSteps pixels;
    private final NDManager owner;
    private NDArray images;
    private NDArray values;
    private boolean found;

    /** The images as they are; what is found belongs to {@code owner}. */
    Best(PixelSteps pixels, NDManager owner, Victim victim, ExampleFunction ranking) {
      this.pixels = pixels;
      this.owner = owner;
      images = victim.images();
      values = victim.values(owner, ranking, images);
    }

    void offer(NDArray other, NDArray otherValues) {
      NDList better = pixels.better(owner, otherValues, other, values, images);
      values.close();
      if (found) {
        images.close();
      }
      found = true;
      values = better.get(0);
      images = better.get(1);
    }

    NDArray images() {
      return images;
    }

    float[] values() {
      return Program.floats(values);
    }
  }

  /** The best images so far; not to be closed before {@code scope}. */
  Best start(NDManager scope, Victim victim) {
    return new Best(pixels, scope, victim, ranking);
  }

  /**
   * The owners of what a step of a run made and the two before it: what is older is closed, so that
   * a run takes no more memory the longer it is.
   */
  private static final class Owners implements AutoCloseable {
    private static final int KEPT = 3;

    private final NDManager parent;
    private final Deque<NDManager> kept = new ArrayDeque<>();

    Owners(NDManager parent) {
      this.parent = parent;
    }

    NDManager next() {
      if (kept.size() == KEPT) {
        kept.removeFirst().close();
      }
      kept.addLast(parent.newSubManager());
      return kept.getLast();
    }

    @Override
    public void close() {
      kept.forEach(NDManager::close);
    }
  }

  /** Runs of fixed steps, which improve the best. Cost of a run 2 F a step and 1 F. */
  void climb(Victim victim, Best best, Randomness randomness) {
    for (int restart = 0; restart < attack.restarts(); restart++) {
      try (NDManager run = best.owner.newSubManager();
          Owners owners = new Owners(run)) {
        NDArray radius = victim.each(run, attack.epsilon());
        NDArray length = victim.each(run, attack.stepSize());
        NDArray here = begin(owners.next(), victim, radius, randomness, restart);
        for (int step = 0; step < attack.steps(); step++) {
          NDManager own = owners.next();
          NDList ascent = victim.ascent(own, climbed, ranking, here);
          best.offer(here, ascent.get(1));
          here = move(own, victim, here, ascent.get(0), length, radius);
        }
        best.offer(here, victim.values(owners.next(), ranking, here));
      }
    }
  }

  /** One run of adaptive steps from the place of a restart, which improves the best. */
  void climbAdaptively(Victim victim, Best best, Randomness randomness, int restart, int steps) {
    try (NDManager run = best.owner.newSubManager();
        Owners owners = new Owners(run)) {
      NDArray radius = victim.each(run, attack.epsilon());
      StepLengths lengths = new StepLengths(victim.size(), 2 * attack.epsilon(), steps);
      NDArray here = begin(owners.next(), victim, radius, randomness, restart);
      NDArray before = here;
      NDArray ownBest = here;
      NDArray ownValues = null;
      for (int step = 0; step < steps; step++) {
        NDManager own = owners.next();
        NDList ascent = victim.ascent(own, climbed, ranking, here);
        NDArray values = ascent.get(1);
        best.offer(here, values);
        NDList better =
            pixels.better(own, values, here, ownValues == null ? values : ownValues, ownBest);
        ownValues = better.get(0);
        ownBest = better.get(1);
        boolean[] again = lengths.update(Program.floats(values), Program.floats(ownValues));
        NDArray length =
            Program.upload(own, lengths.lengths(), Precision.FLOAT32, new Shape(victim.size()));
        NDArray next = move(own, victim, here, ascent.get(0), length, radius);
        if (step > 0) {
          NDArray glided = pixels.glide(own, next, here, before);
          next = pixels.project(own, attack.norm(), glided, victim.images(), radius);
        }
        before = here;
        here = next;
        if (again != null) {
          NDArray mask = mask(own, again);
          here = pixels.chosen(own, mask, ownBest, here);
          before = pixels.chosen(own, mask, ownBest, before);
        }
      }
      best.offer(here, victim.values(owners.next(), ranking, here));
    }
  }

  private static NDArray mask(NDManager scope, boolean[] chosen) {
    float[] values = new float[chosen.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = chosen[i] ? 1 : 0;
    }
    return Program.upload(scope, values, Precision.FLOAT32, new Shape(values.length));
  }

  private NDArray move(
      NDManager scope,
      Victim victim,
      NDArray here,
      NDArray gradient,
      NDArray length,
      NDArray radius) {
    NDArray moved = pixels.step(scope, attack.norm(), here, gradient, length);
    return pixels.project(scope, attack.norm(), moved, victim.images(), radius);
  }

  /** A random place in the ball: uniform in the cube, or uniform in radius and direction. */
  private NDArray begin(
      NDManager scope, Victim victim, NDArray radius, Randomness randomness, int restart) {
    Shape shape = victim.images().getShape();
    int stride = Math.toIntExact(shape.size() / victim.size());
    float[] noise = new float[victim.size() * stride];
    for (int image = 0; image < victim.size(); image++) {
      SplittableRandom random = randomness.of(image, restart);
      for (int i = 0; i < stride; i++) {
        noise[image * stride + i] =
            (float)
                (attack.norm() == Norm.LINF ? 2 * random.nextDouble() - 1 : random.nextGaussian());
      }
      if (attack.norm() == Norm.L2) {
        scale(noise, image * stride, stride, random.nextDouble());
      }
    }
    NDArray mask = Program.upload(scope, noise, Precision.FLOAT32, shape);
    NDArray moved = pixels.painted(scope, victim.images(), victim.images(), mask, radius);
    return pixels.project(scope, attack.norm(), moved, victim.images(), radius);
  }

  private static void scale(float[] values, int from, int length, double norm) {
    double squared = 0;
    for (int i = from; i < from + length; i++) {
      squared += (double) values[i] * values[i];
    }
    for (int i = from; i < from + length; i++) {
      values[i] *= (float) (norm / Math.sqrt(squared));
    }
  }

  /**
   * Lengths of the adaptive attack's steps: halved at checkpoints for images that gained in too few
   * steps since the last one, or whose length and best value have not changed since.
   */
  private static final class StepLengths {
    private static final double ENOUGH_GAINS = 0.75;

    private final float[] lengths;
    private final int steps;
    private final int[] gains;
    private final float[] lastValues;
    private final float[] checkpointBest;
    private final boolean[] halvedBefore;
    private int taken;
    private int checkpoint;
    private double place = 0.22;
    private double placeBefore;

    StepLengths(int images, double first, int steps) {
      this.steps = steps;
      lengths = new float[images];
      Arrays.fill(lengths, (float) first);
      gains = new int[images];
      lastValues = new float[images];
      Arrays.fill(lastValues, Float.POSITIVE_INFINITY);
      checkpointBest = new float[images];
      Arrays.fill(checkpointBest, Float.NEGATIVE_INFINITY);
      halvedBefore = new boolean[images];
    }

    float[] lengths() {
      return lengths;
    }

    /** Takes the values of a step; at a checkpoint, the images that go on from their best place. */
    boolean[] update(float[] values, float[] best) {
      for (int i = 0; i < values.length; i++) {
        gains[i] += values[i] > lastValues[i] ? 1 : 0;
        lastValues[i] = values[i];
      }
      taken++;
      if (taken < Math.ceil(place * steps)) {
        return null;
      }
      int since = taken - checkpoint;
      boolean[] halved = new boolean[values.length];
      for (int i = 0; i < values.length; i++) {
        boolean stuck = !halvedBefore[i] && best[i] <= checkpointBest[i];
        halved[i] = gains[i] < ENOUGH_GAINS * since || stuck;
        lengths[i] /= halved[i] ? 2 : 1;
        halvedBefore[i] = halved[i];
        checkpointBest[i] = best[i];
        gains[i] = 0;
      }
      checkpoint = taken;
      double next = place + Math.max(place - placeBefore - 0.03, 0.06);
      placeBefore = place;
      place = next;
      return halved;
    }
  }
}
