package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.network.Network;
import org.fip.core.network.OutputHeads;
import org.fip.core.network.WeightLayout;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.LogitAdjustment;
import org.fip.core.objective.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outputs 0 and 2 are one head, 1 and 3 another. */
class HeadsTest {
  private static final Network NETWORK = TinyNetwork.network(5);
  private static final float[] WEIGHTS = TinyNetwork.network(6).weights();
  private static final int CLASSES = TinyNetwork.CLASSES;
  private static final int[] HEADS = {0, 1, 0, 1};
  private static final Set<Integer> ODD = Set.of(1, 3);
  private static final EncodedExamples IMAGES = TinyNetwork.images("task", 40, 31);

  private static Manifold manifold() {
    return manifold(new OutputHeads(HEADS, HEADS));
  }

  private static Manifold manifold(OutputHeads heads) {
    WorkerSpec spec = new WorkerSpec(NETWORK.definition().withHeads(heads), 2, 3, 1L << 28);
    return new Manifold(
        new LocalWorkers(spec, Map.of("task", IMAGES, "even", even()), Device.cpu()),
        NETWORK.weights());
  }

  /** Those with labels of the first head. */
  private static EncodedExamples even() {
    int[] rows =
        java.util.stream.IntStream.range(0, IMAGES.size())
            .filter(i -> IMAGES.labels()[i] % 2 == 0)
            .toArray();
    return IMAGES.select(rows);
  }

  /** Cross-entropy within heads, and whether the largest output of the head is the label's. */
  private static double[] expected(float[] logits, int[] labels) {
    double loss = 0;
    double right = 0;
    for (int row = 0; row < labels.length; row++) {
      double sum = 0;
      boolean largest = true;
      double own = logits[row * CLASSES + labels[row]];
      for (int c = labels[row] % 2; c < CLASSES; c += 2) {
        sum += Math.exp(logits[row * CLASSES + c]);
        largest &= logits[row * CLASSES + c] <= own;
      }
      loss += Math.log(sum) - own;
      right += largest ? 1 : 0;
    }
    return new double[] {loss / labels.length, right / labels.length};
  }

  private static void assertRowsRest(float[] gradient, int head) {
    int moving = 0;
    for (String tensor : NETWORK.graph().head()) {
      WeightLayout.Slot slot = NETWORK.layout().find(tensor).orElseThrow();
      int length = slot.parameter().size() / CLASSES;
      for (int i = 0; i < slot.parameter().size(); i++) {
        float value = gradient[slot.offset() + i];
        if (HEADS[i / length] == head) {
          assertEquals(0, value, tensor + " at " + i);
        } else {
          moving += value == 0 ? 0 : 1;
        }
      }
    }
    assertTrue(moving > CLASSES, "only " + moving + " weights of the other head move");
  }

  @Test
  void labelsAreLearnedWithinTheirHead() {
    try (Manifold manifold = manifold();
        Point here = manifold.at(WEIGHTS)) {
      Gradient all = here.gradient(List.of(Term.task(Batch.all("task"))), 0);
      double loss = expected(here.outputs("task"), IMAGES.labels())[0];
      assertEquals(loss, all.values()[0], 1e-5 * loss);
      assertSlope(manifold, all, List.of(Term.task(Batch.all("task"))));
      assertRowsRest(here.gradient(List.of(Term.task(Batch.all("even"))), 0).vector(), 1);
    }
  }

  /** With heads, and where all outputs are one. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void adjustedLogitsCountAsLessWhereTheyAreNotTheLabels(boolean heads) {
    LogitAdjustment adjustment = new LogitAdjustment(Set.of(2, 3), 1.5);
    List<Term> terms = List.of(Term.task(Batch.all("task")).adjusting(adjustment));
    try (Manifold manifold = heads ? manifold() : manifold(OutputHeads.ONE);
        Point here = manifold.at(WEIGHTS)) {
      Gradient gradient = here.gradient(terms, 0);
      float[] logits = here.outputs("task");
      double loss = 0;
      for (int row = 0; row < IMAGES.size(); row++) {
        int label = IMAGES.labels()[row];
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
          if (!heads || c % 2 == label % 2) {
            double less = c >= 2 && label < 2 ? 1.5 : 0;
            sum += Math.exp(logits[row * CLASSES + c] - less);
          }
        }
        loss += (Math.log(sum) - logits[row * CLASSES + label]) / IMAGES.size();
      }
      assertEquals(loss, gradient.values()[0], 1e-5 * loss);
      assertSlope(manifold, gradient, terms);
    }
  }

  @Test
  void onlyCrossEntropyWithLabelsIsAdjusted() {
    LogitAdjustment adjustment = new LogitAdjustment(ODD, 1);
    Term drift = Term.drift(Distance.KL, 1, Batch.all("task"));
    assertThrows(IllegalArgumentException.class, () -> drift.adjusting(adjustment));
    assertEquals(drift, drift.adjusting(LogitAdjustment.NONE));
    assertThrows(IllegalArgumentException.class, () -> new LogitAdjustment(ODD, -1));
  }

  /** The gradient along a random direction is the slope there. */
  private static void assertSlope(Manifold manifold, Gradient gradient, List<Term> terms) {
    Random random = new Random(8);
    float[] plus = WEIGHTS.clone();
    float[] minus = WEIGHTS.clone();
    double along = 0;
    for (int i = 0; i < plus.length; i++) {
      float step = (float) (1e-2 * random.nextGaussian());
      plus[i] += step;
      minus[i] -= step;
      along += 2.0 * step * gradient.vector()[i];
    }
    try (Point above = manifold.at(plus);
        Point below = manifold.at(minus)) {
      double slope = above.gradient(terms, 0).values()[0] - below.gradient(terms, 0).values()[0];
      assertEquals(slope, along, 0.02 * Math.abs(slope));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDriftLeavesAnExemptHeadFree(Distance distance) {
    List<Term> terms = List.of(Term.drift(distance, 1, Batch.all("task")).exempting(ODD));
    try (Manifold manifold = manifold();
        Point here = manifold.at(WEIGHTS);
        Point reference = manifold.at(NETWORK.weights())) {
      Gradient gradient = here.gradient(terms, 0);
      assertRowsRest(gradient.vector(), 1);
      if (distance == Distance.SQUARED_LOGITS) {
        float[] moved = here.outputs("task");
        float[] kept = reference.outputs("task");
        double sum = 0;
        for (int i = 0; i < moved.length; i++) {
          sum += i % CLASSES % 2 == 0 ? Math.pow(moved[i] - kept[i], 2) / 2 : 0;
        }
        double mean = sum / IMAGES.size();
        assertEquals(mean, gradient.values()[0], 1e-5 * mean);
        assertSlope(manifold, gradient, terms);
      }
    }
  }

  @Test
  void answersAreWithinTheHeadOfTheLabel() {
    try (Manifold manifold = manifold();
        Point here = manifold.at(WEIGHTS)) {
      double[] expected = expected(here.outputs("task"), IMAGES.labels());
      Evaluation evaluation = here.evaluate("task");
      assertEquals(expected[0], evaluation.loss(), 1e-5 * expected[0]);
      assertEquals(expected[1], evaluation.accuracy(), 1e-12);
    }
  }

  @Test
  void squaresOfGradientsAreThoseWithinHeads() {
    try (Manifold manifold = manifold();
        Point here = manifold.at(WEIGHTS)) {
      assertRowsRest(here.fisherDiagonal("even"), 1);
    }
  }

  @Test
  void labelsOfOneHeadAreLearnedAsWithoutHeads() {
    WorkerSpec plain = new WorkerSpec(NETWORK.definition(), 2, 3, 1L << 28);
    WorkerSpec one =
        new WorkerSpec(
            NETWORK.definition().withHeads(new OutputHeads(new int[CLASSES], new int[CLASSES])),
            2,
            3,
            1L << 28);
    List<Term> terms =
        List.of(
            new Term(CrossEntropy.INSTANCE, Term.Target.LABELS, 2, Batch.all("task")),
            Term.drift(Distance.KL, 1, Batch.all("task")).exempting(Set.of()));
    try (Manifold without =
            new Manifold(
                new LocalWorkers(plain, Map.of("task", IMAGES), Device.cpu()), NETWORK.weights());
        Manifold with =
            new Manifold(
                new LocalWorkers(one, Map.of("task", IMAGES), Device.cpu()), NETWORK.weights());
        Point here = without.at(WEIGHTS);
        Point there = with.at(WEIGHTS)) {
      float[] expected =
          here.gradient(List.of(terms.get(0), Term.drift(Distance.KL, 1, Batch.all("task"))), 0)
              .vector();
      float[] actual = there.gradient(terms, 0).vector();
      double largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], actual[i], 1e-5 * largest, "weight " + i);
      }
    }
  }
}
