package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.PixelRange;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.ExampleFunction;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.network.Network;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Attack.Norm;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Margin;
import org.fip.core.objective.Term;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of attacks on a tiny network, for random images. */
class AttackTest {
  private static final int IMAGES = 30;
  private static final double EPSILON = 0.2;
  private static final double ROUNDING = 1e-5;

  /** Of two channels' worth of means and deviations, as normalisation leaves them. */
  private static final PixelRange RANGE = new PixelRange(List.of(-1.5f), List.of(4f));

  private final Network network = TinyNetwork.network(2);
  private NDManager scope;
  private NetworkProgram program;
  private PixelSteps pixels;
  private NDArray weights;
  private NDArray images;
  private NDArray labels;

  @BeforeEach
  void open() {
    scope = Torch.newManager(Device.cpu());
    program =
        new NetworkProgram(
            network.graph(),
            network.layout(),
            Device.cpu(),
            new WorkerSpec(network.definition(), 1, 0, 1 << 20).functions());
    pixels = new PixelSteps(Device.cpu(), RANGE);
    float[] w = network.weights();
    weights = Program.upload(scope, w, Precision.FLOAT32, new Shape(w.length));
    Random random = new Random(5);
    float[] values = new float[IMAGES * TinyNetwork.SHAPE.pixels()];
    for (int i = 0; i < values.length; i++) {
      // Some pixels are at the ends of the range.
      float v = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextFloat();
      values[i] = -1.5f + 4 * v;
    }
    images = Program.upload(scope, values, Precision.FLOAT32, new Shape(IMAGES, 1, 3, 4));
    int[] classes = random.ints(IMAGES, 0, TinyNetwork.CLASSES).toArray();
    labels = Program.upload(scope, classes, new Shape(IMAGES));
  }

  @AfterEach
  void close() {
    pixels.close();
    program.close();
    scope.close();
  }

  private Victim victim(NDArray target, NDArray... networks) {
    return new Victim(program, scope.create(new Shape(0)), List.of(networks), images, target);
  }

  private static ProjectedAscent.Randomness randomness(long seed) {
    return (image, restart) -> Seeds.stream(seed, image, restart);
  }

  private static Attack attack(Norm norm) {
    return new Attack(norm, EPSILON, 6, EPSILON / 3, 2);
  }

  private float[] values(Victim victim, ExampleFunction function, NDArray at) {
    return Program.floats(victim.values(scope, function, at));
  }

  /** The largest length of a perturbation in pixels, and that pixels stay from 0 to 1. */
  private double length(Norm norm, NDArray perturbed) {
    float[] x = Program.floats(images);
    float[] y = Program.floats(perturbed);
    double longest = 0;
    int stride = x.length / IMAGES;
    for (int image = 0; image < IMAGES; image++) {
      double largest = 0;
      double squared = 0;
      for (int i = image * stride; i < (image + 1) * stride; i++) {
        double pixel = (y[i] + 1.5) / 4;
        assertTrue(pixel > -ROUNDING && pixel < 1 + ROUNDING, "pixel " + pixel);
        double change = (y[i] - x[i]) / 4.0;
        largest = Math.max(largest, Math.abs(change));
        squared += change * change;
      }
      longest = Math.max(longest, norm == Norm.LINF ? largest : Math.sqrt(squared));
    }
    return longest;
  }

  private void assertAttacked(
      Norm norm, Victim victim, ExampleFunction function, ProjectedAscent.Best best, double gain) {
    double length = length(norm, best.images());
    assertTrue(length < EPSILON + ROUNDING, length + " is outside of the ball");
    assertTrue(length > EPSILON / 2, length + " hardly moves");
    float[] clean = values(victim, function, images);
    float[] found = values(victim, function, best.images());
    assertArrayEquals(found, best.values(), 1e-5f);
    double mean = 0;
    for (int i = 0; i < IMAGES; i++) {
      assertTrue(found[i] >= clean[i] - 1e-6, "image " + i + ": " + found[i] + " < " + clean[i]);
      mean += (found[i] - clean[i]) / IMAGES;
    }
    assertTrue(mean > gain, "gains " + mean);
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void ascentStaysInBallAndRangeAndNeverLowersTheLoss(Norm norm) {
    Victim victim = victim(labels, weights);
    ProjectedAscent ascent =
        new ProjectedAscent(pixels, attack(norm), CrossEntropy.INSTANCE, CrossEntropy.INSTANCE);
    ProjectedAscent.Best best = ascent.start(scope, victim);
    ascent.climb(victim, best, randomness(1));
    assertAttacked(norm, victim, CrossEntropy.INSTANCE, best, 0.02);
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void adaptiveAscentStaysInBallAndRangeAndFindsNoLess(Norm norm) {
    Victim victim = victim(labels, weights);
    ProjectedAscent ascent =
        new ProjectedAscent(pixels, attack(norm), CrossEntropy.INSTANCE, CrossEntropy.INSTANCE);
    ProjectedAscent.Best best = ascent.start(scope, victim);
    ascent.climbAdaptively(victim, best, randomness(1), 0, 40);
    assertAttacked(norm, victim, CrossEntropy.INSTANCE, best, 0.02);
    ProjectedAscent.Best fixed = ascent.start(scope, victim);
    ascent.climb(victim, fixed, randomness(1));
    double adaptive = sum(best.values());
    assertTrue(adaptive > sum(fixed.values()) - 0.01, adaptive + " < " + sum(fixed.values()));
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  @Test
  void distanceFromTheOwnOutputNeedsNoLabels() {
    NDArray reference = program.logits(scope, weights, scope.create(new Shape(0)), List.of(images));
    Victim victim = victim(reference, weights);
    ProjectedAscent ascent =
        new ProjectedAscent(pixels, attack(Norm.LINF), Distance.KL, Distance.KL);
    ProjectedAscent.Best best = ascent.start(scope, victim);
    ascent.climb(victim, best, randomness(2));
    assertAttacked(Norm.LINF, victim, Distance.KL, best, 0.001);
  }

  @Test
  void squareAttackStaysInBallAndRangeAndNeverLowersTheMargin() {
    Victim victim = victim(labels, weights);
    ProjectedAscent ranking =
        new ProjectedAscent(pixels, attack(Norm.LINF), Margin.INSTANCE, Margin.INSTANCE);
    ProjectedAscent.Best best = ranking.start(scope, victim);
    new SquareAttack(pixels, EPSILON, 60)
        .search(victim, best, Margin.INSTANCE, randomness(3), scope);
    assertAttacked(Norm.LINF, victim, Margin.INSTANCE, best, 0.02);
  }

  @Test
  void theGradientOfSeveralNetworksIsThatOfTheirMeanProbabilities() {
    float[] other = TinyNetwork.network(9).weights();
    NDArray second = Program.upload(scope, other, Precision.FLOAT32, new Shape(other.length));
    Victim victim = victim(labels, weights, second);
    float[] gradient =
        Program.floats(
            victim.ascent(scope, CrossEntropy.INSTANCE, CrossEntropy.INSTANCE, images).get(0));
    Random random = new Random(8);
    float[] direction = new float[gradient.length];
    double expected = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
      expected += direction[i] * gradient[i];
    }
    double step = 1e-2;
    NDArray along = Program.upload(scope, direction, Precision.FLOAT32, images.getShape());
    double forward =
        sum(values(victim, CrossEntropy.INSTANCE, images.add(along.mul((float) step))));
    double backward =
        sum(values(victim, CrossEntropy.INSTANCE, images.sub(along.mul((float) step))));
    assertEquals(expected, (forward - backward) / (2 * step), 2e-2 * Math.abs(expected));
  }

  @Test
  void marginIsPositiveExactlyWhereAnImageIsMisclassified() {
    Victim victim = victim(labels, weights);
    float[] margins = values(victim, Margin.INSTANCE, images);
    long[] predicted = victim.logits(scope, images).argMax(1).toLongArray();
    long[] expected = labels.toLongArray();
    for (int i = 0; i < IMAGES; i++) {
      assertEquals(predicted[i] != expected[i], margins[i] > 0, "image " + i);
    }
  }

  @Test
  void robustnessAndAdversarialGradientsDoNotDependOnShards() {
    Map<String, EncodedExamples> data = Map.of("set", TinyNetwork.images("set", 50, 4));
    Attack attack = new Attack(Norm.LINF, 0.1, 3, 0.05, 2);
    List<Term> terms =
        List.of(
            new Term(CrossEntropy.INSTANCE, Term.Target.LABELS, 1, Batch.all("set"), attack),
            new Term(Distance.KL, Term.Target.REFERENCE, 1, Batch.all("set"), attack));
    List<Robustness> found = new ArrayList<>();
    List<Gradient> gradients = new ArrayList<>();
    for (int shards : new int[] {1, 3}) {
      WorkerSpec spec = new WorkerSpec(network.definition(), shards, 3, 1 << 30);
      try (Manifold manifold =
              new Manifold(new LocalWorkers(spec, data, Device.cpu()), network.weights());
          Point point = manifold.at(network.weights())) {
        found.add(point.robustness(new RobustnessProbe("set", attack, 8, 20)));
        gradients.add(point.gradient(terms, 4));
        Evaluation clean = point.evaluate("set");
        Evaluation all = found.get(found.size() - 1).all();
        Evaluation ascent = found.get(found.size() - 1).ascent();
        assertTrue(all.accuracy() <= ascent.accuracy() && ascent.accuracy() < clean.accuracy());
        assertTrue(all.loss() > clean.loss());
        assertEquals(50, all.examples());
      }
    }
    assertEquals(found.get(0).all().accuracy(), found.get(1).all().accuracy());
    assertEquals(found.get(0).all().loss(), found.get(1).all().loss(), 1e-5);
    assertArrayEquals(gradients.get(0).vector(), gradients.get(1).vector(), 1e-5f);
    assertArrayEquals(gradients.get(0).values(), gradients.get(1).values(), 1e-5);
  }

  @Test
  void imagesThatCannotBeDecodedSayWhy() {
    Map<String, EncodedExamples> data = Map.of("set", TinyNetwork.images("set", 5, 0, 4));
    WorkerSpec spec = new WorkerSpec(network.definition(), 1, 3, 1 << 30);
    try (Manifold manifold =
            new Manifold(new LocalWorkers(spec, data, Device.cpu()), network.weights());
        Point point = manifold.at(network.weights())) {
      RobustnessProbe test = new RobustnessProbe("set", attack(Norm.L2), 0, 0);
      FipException failure = assertThrows(FipException.class, () -> point.robustness(test));
      assertTrue(failure.getMessage().contains("has no labels"), failure.getMessage());
    }
  }
}
