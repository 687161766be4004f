package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkDefinition;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.fip.core.path.Curve;
import org.fip.core.path.Waypoint;
import org.fip.core.spectrum.MetricOperator;
import org.fip.core.spectrum.Spectrum;
import org.fip.core.spectrum.SpectrumAnalysis;
import org.fip.core.spectrum.SpectrumListener;
import org.fip.core.spectrum.SpectrumSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for workers wherever they are. */
public abstract class WorkersContract {
  private static final long SEED = 7;
  private static final int[] SHARDS = {1, 3, 8};

  /** Largest relative error, in the norm, between float32 sums that are added differently. */
  private static final double ADDED_DIFFERENTLY = 1e-6;

  private static final Network NETWORK = TinyNetwork.network(1);
  private static final float[] REFERENCE = NETWORK.weights();
  private static final float[] WEIGHTS = perturbed(REFERENCE, 0.2, 2);
  private static final float[] DIRECTION = perturbed(new float[REFERENCE.length], 1, 3);

  /** Ones, but for a zero: a diagonal that holds one weight. */
  private static final float[] ONES = ones();

  private static final Map<String, EncodedExamples> DATA =
      Map.of(
          "task", TinyNetwork.images("task", 257, 11),
          "anchors", TinyNetwork.images("anchors", 96, 12),
          "sixth anchor", TinyNetwork.images("anchors", 96, 12).slice(5, 6),
          "large", TinyNetwork.images("large", 4800, 13),
          "unlabelled", TinyNetwork.images("unlabelled", 20, 0, 14),
          "foreign", TinyNetwork.images("foreign", 20, TinyNetwork.CLASSES + 2, 15));

  private static final List<Term> TERMS =
      List.of(
          Term.task(Batch.all("large")),
          Term.drift(Distance.KL, 0.7, Batch.all("anchors")),
          Term.drift(Distance.SQUARED_LOGITS, 0.3, Batch.all("task")),
          Term.drift(Distance.KL, 0.2, Batch.all("anchors"), 1.5));

  /** New workers with these data; the test closes them. */
  protected abstract Workers open(
      NetworkDefinition network, long seed, int shards, Map<String, EncodedExamples> data);

  /** How many workers share so many shards. */
  protected abstract int workers(int shards);

  private Workers open(int shards) {
    return open(NETWORK.definition(), SEED, shards, DATA);
  }

  private static float[] perturbed(float[] from, double scale, long seed) {
    Random random = new Random(seed);
    float[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      to[i] += (float) (scale * random.nextGaussian());
    }
    return to;
  }

  private static float[] ones() {
    float[] ones = new float[REFERENCE.length];
    Arrays.fill(ones, 1);
    ones[0] = 0;
    return ones;
  }

  @Test
  void gradientIsThatOfDoublePrecisionWithoutShards() {
    double[] means = new double[TERMS.size()];
    double[] expected;
    try (Oracle oracle = new Oracle(NETWORK, DATA)) {
      expected = oracle.gradient(TERMS, WEIGHTS, REFERENCE, means);
    }
    try (Manifold manifold = new Manifold(open(2), REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      Gradient gradient = point.gradient(TERMS, 0);
      assertClose(expected, gradient.vector(), 2e-6);
      for (int i = 0; i < means.length; i++) {
        assertEquals(means[i], gradient.values()[i], 2e-6 * means[i], "mean of term " + i);
      }
    }
  }

  /** With one network at both ends, the chord is its outputs, and the distance from it a drift. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void gradientOfACurveIsThatOfTheDriftAtItsPlaces(int shards) {
    float[] first = perturbed(REFERENCE, 0.2, 21);
    float[] second = perturbed(REFERENCE, 0.2, 22);
    double[] places = {0.25, 0.5, 0.875};
    Batch batch = new Batch("anchors", 40, Widening.NONE);
    List<Term> drift = List.of(Term.drift(Distance.SQUARED_LOGITS, 1.0 / 3, batch));
    Curve curve = new Curve(List.of(REFERENCE, first, second, REFERENCE));
    double[][] expected = new double[2][REFERENCE.length];
    double value = 0;
    try (Manifold manifold = new Manifold(open(shards), REFERENCE)) {
      for (int segment = 0; segment < places.length; segment++) {
        float[] at = curve.at(Math.round(8 * (segment + places[segment])), 24);
        try (Point point = manifold.at(at)) {
          Gradient gradient = point.gradient(drift, 5);
          value += gradient.values()[0] / places.length;
          for (int i = 0; i < at.length; i++) {
            if (segment < 2) {
              expected[segment][i] += places[segment] * gradient.vector()[i];
            }
            if (segment > 0) {
              expected[segment - 1][i] += (1 - places[segment]) * gradient.vector()[i];
            }
          }
        }
      }
      List<Point> nodes = curve.nodes().stream().map(manifold::at).toList();
      CurveTerm term = new CurveTerm(Distance.SQUARED_LOGITS, batch, places);
      CurveGradient gradient = manifold.curveGradient(nodes, term, 5);
      assertEquals(value, gradient.value(), 1e-5 * value);
      for (int node = 0; node < 2; node++) {
        assertClose(expected[node], gradient.nodes().get(node), 2e-6);
      }
    }
  }

  @Test
  void storedOutputsAreAsGoodAsTheNetworkThatGaveThem() {
    Batch all = Batch.all("anchors");
    for (int shards : SHARDS) {
      float[] outputs;
      float[] expected;
      try (Manifold manifold = new Manifold(open(shards), REFERENCE);
          Point reference = manifold.at(REFERENCE);
          Point point = manifold.at(WEIGHTS)) {
        outputs = reference.outputs("anchors");
        expected = point.gradient(List.of(Term.drift(Distance.KL, 1, all)), 0).vector();
      }
      EncodedExamples stored = DATA.get("anchors").withOutputs(outputs);
      try (Manifold manifold =
              new Manifold(
                  open(NETWORK.definition(), SEED, 2, Map.of("anchors", stored)), WEIGHTS);
          Point point = manifold.at(WEIGHTS)) {
        Term term = new Term(Distance.KL, Term.Target.STORED, 1, all);
        float[] gradient = point.gradient(List.of(term), 0).vector();
        assertClose(wide(expected), gradient, ADDED_DIFFERENTLY);
      }
    }
  }

  @Test
  void fisherDiagonalIsTheMeanOfSquaredGradients() {
    EncodedExamples few = DATA.get("task").slice(0, 13);
    double[] expected = new double[REFERENCE.length];
    for (int i = 0; i < few.size(); i++) {
      try (Oracle oracle = new Oracle(NETWORK, Map.of("few", few.slice(i, i + 1)))) {
        Term one = Term.task(Batch.all("few"));
        double[] gradient = oracle.gradient(List.of(one), WEIGHTS, REFERENCE, new double[1]);
        for (int p = 0; p < gradient.length; p++) {
          expected[p] += gradient[p] * gradient[p] / few.size();
        }
      }
    }
    try (Manifold manifold =
            new Manifold(open(NETWORK.definition(), SEED, 3, Map.of("few", few)), REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      assertClose(expected, point.fisherDiagonal("few"), 2e-6);
    }
  }

  @Test
  void agreementCountsWhatTwoNetworksAnswerAlike() {
    float[] before = perturbed(REFERENCE, 0.3, 5);
    try (Manifold manifold = new Manifold(open(2), before, REFERENCE);
        Point reference = manifold.at(REFERENCE);
        Point first = manifold.at(before);
        Point point = manifold.at(WEIGHTS)) {
      assertEquals(1, reference.evaluateBesideStart("task").agreement());
      assertTrue(first.evaluateBesideStart("task").agreement() < 1, "other weights");
      assertEquals(0, first.measure(point, Distance.SQUARED_LOGITS, Batch.all("anchors")).drift());
      assertTrue(Double.isNaN(point.evaluate("task").agreement()), "nothing to compare with");
      EncodedExamples task = DATA.get("task");
      float[] here = point.outputs("task");
      float[] there = reference.outputs("task");
      double equal = 0;
      double right = 0;
      for (int i = 0; i < task.size(); i++) {
        equal += largest(here, i) == largest(there, i) ? 1 : 0;
        right += largest(here, i) == task.labels()[i] ? 1 : 0;
      }
      Evaluation evaluation = point.evaluateBesideStart("task");
      assertEquals(equal / task.size(), evaluation.agreement(), 1e-12);
      assertEquals(right / task.size(), evaluation.accuracy(), 1e-12);
      assertTrue(evaluation.agreement() < 1, "other weights, the same answers");
    }
  }

  private static int largest(float[] outputs, int row) {
    int best = 0;
    for (int c = 1; c < TinyNetwork.CLASSES; c++) {
      int from = row * TinyNetwork.CLASSES;
      best = outputs[from + c] > outputs[from + best] ? c : best;
    }
    return best;
  }

  @Test
  void metricProductIsThatOfTheDenseMetric() {
    try (Oracle oracle = new Oracle(NETWORK, DATA);
        Manifold manifold = new Manifold(open(2), REFERENCE)) {
      for (Metric metric : Metric.values()) {
        try (Point point = manifold.at(WEIGHTS)) {
          double[] expected = oracle.metricProduct(metric, "anchors", WEIGHTS, DIRECTION);
          Batch anchors = Batch.all("anchors");
          assertClose(expected, point.metricProduct(metric, anchors, 0, DIRECTION), 2e-6);
          double form = 0;
          for (int i = 0; i < expected.length; i++) {
            form += DIRECTION[i] * expected[i];
          }
          assertEquals(form, point.metricForm(metric, anchors, 0, DIRECTION), 1e-6 * form);
        }
      }
    }
  }

  @Test
  void diagonalIsThatOfTheDenseMetric() {
    Batch anchors = Batch.all("anchors");
    try (Oracle oracle = new Oracle(NETWORK, DATA);
        Manifold manifold = new Manifold(open(3), REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      for (Metric metric : Metric.values()) {
        double[] expected = new double[WEIGHTS.length];
        for (int i = 0; i < expected.length; i++) {
          float[] unit = new float[expected.length];
          unit[i] = 1;
          expected[i] = oracle.metricProduct(metric, "anchors", WEIGHTS, unit)[i];
        }
        assertClose(expected, point.metricDiagonal(metric, anchors, 0, true), 2e-6);
        float[] mean = new float[expected.length];
        int steps = 40;
        for (int step = 0; step < steps; step++) {
          float[] estimate = point.metricDiagonal(metric, anchors, step, false);
          for (int i = 0; i < mean.length; i++) {
            mean[i] += estimate[i] / steps;
          }
        }
        // 96 examples by 40 steps: some 1.5 % an element, whatever its size.
        assertClose(expected, mean, 0.04);
      }
    }
  }

  @Test
  void theEstimatedDiagonalDoesNotDependOnTheNumberOfShards() {
    Batch batch = new Batch("anchors", 40, Widening.NONE);
    float[][] estimates = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Manifold manifold = new Manifold(open(1 + 2 * i), REFERENCE);
          Point point = manifold.at(WEIGHTS)) {
        estimates[i] = point.metricDiagonal(Metric.EUCLIDEAN, batch, 3, false);
      }
    }
    assertClose(wide(estimates[0]), estimates[1], ADDED_DIFFERENTLY);
  }

  @Test
  void outputTangentsAreThoseOfTheMetricInTheOrderOfTheSet() {
    float[] one = null;
    for (int shards : SHARDS) {
      try (Manifold manifold = new Manifold(open(shards), REFERENCE);
          Point point = manifold.at(WEIGHTS)) {
        float[] tangents = point.outputTangents("anchors", DIRECTION);
        double squares = 0;
        for (float value : tangents) {
          squares += (double) value * value / 96;
        }
        double form = point.metricForm(Metric.EUCLIDEAN, Batch.all("anchors"), 0, DIRECTION);
        assertEquals(form, squares, 1e-5 * form);
        int c = TinyNetwork.CLASSES;
        float[] sixth = point.outputTangents("sixth anchor", DIRECTION);
        assertArrayEquals(sixth, Arrays.copyOfRange(tangents, 5 * c, 6 * c), 1e-5f);
        one = one == null ? tangents : one;
        assertArrayEquals(one, tangents, 1e-5f, shards + " shards");
      }
    }
  }

  @Test
  void outputTangentsOfASetThatIsDividedAreRefused() {
    try (Manifold manifold = new Manifold(open(2), REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      FipException failure =
          assertThrows(FipException.class, () -> point.outputTangents("large", DIRECTION));
      assertEquals(Category.DATA, failure.category());
    }
  }

  @Test
  void aPointAnswersForEachBatchItIsAskedFor() {
    try (Oracle oracle = new Oracle(NETWORK, DATA);
        Manifold manifold = new Manifold(open(2), REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      for (String set : List.of("anchors", "task", "anchors")) {
        assertClose(
            oracle.metricProduct(Metric.EUCLIDEAN, set, WEIGHTS, DIRECTION),
            point.metricProduct(Metric.EUCLIDEAN, Batch.all(set), 0, DIRECTION),
            2e-6);
      }
    }
  }

  /** Everything that a point can be asked for over whole sets. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Answers(
      float[] gradient, float[] euclidean, float[] fisher, Displacement moved, Evaluation score) {
    static Answers of(Workers workers) {
      try (Manifold manifold = new Manifold(workers, REFERENCE);
          Point before = manifold.at(REFERENCE);
          Point point = manifold.at(WEIGHTS)) {
        return new Answers(
            point.gradient(TERMS, 0).vector(),
            point.metricProduct(Metric.EUCLIDEAN, Batch.all("large"), 0, DIRECTION),
            point.metricProduct(Metric.FISHER, Batch.all("large"), 0, DIRECTION),
            point.measure(before, Distance.BHATTACHARYYA, Batch.all("anchors")),
            point.evaluate("large"));
      }
    }
  }

  @Test
  void numberOfShardsDoesNotShow() {
    Answers one = Answers.of(open(SHARDS[0]));
    assertTrue(one.moved.drift() > 0, "no drift at other weights: " + one.moved);
    assertEquals(4800, one.score.examples());
    for (int shards : SHARDS) {
      Answers more = Answers.of(open(shards));
      assertClose(wide(one.gradient), more.gradient, ADDED_DIFFERENTLY);
      assertClose(wide(one.euclidean), more.euclidean, ADDED_DIFFERENTLY);
      assertClose(wide(one.fisher), more.fisher, ADDED_DIFFERENTLY);
      assertRelative(one.moved.drift(), more.moved.drift(), shards + " shards, drift");
      assertRelative(one.moved.measured(), more.moved.measured(), shards + " shards, measured");
      assertRelative(one.moved.predicted(), more.moved.predicted(), shards + " shards, predicted");
      assertEquals(one.score.accuracy(), more.score.accuracy(), shards + " shards, accuracy");
      assertRelative(one.score.loss(), more.score.loss(), shards + " shards, loss");
    }
  }

  @Test
  void twoRunsGiveEqualBits() {
    Answers first = Answers.of(open(2));
    Answers second = Answers.of(open(2));
    assertArrayEquals(first.gradient, second.gradient);
    assertArrayEquals(first.euclidean, second.euclidean);
    assertArrayEquals(first.fisher, second.fisher);
    assertEquals(first.moved, second.moved);
    assertEquals(first.score, second.score);
  }

  @Test
  void whereTheShardsAreDoesNotShow() {
    Answers here = Answers.of(open(2));
    Answers local = Answers.of(local(NETWORK.definition(), SEED, DATA));
    assertArrayEquals(local.gradient, here.gradient);
    assertArrayEquals(local.euclidean, here.euclidean);
    assertArrayEquals(local.fisher, here.fisher);
    assertEquals(local.moved, here.moved);
    assertEquals(local.score, here.score);
  }

  @ParameterizedTest
  @EnumSource
  void aSpectrumIsThatOfOneMachineToTheBit(Metric metric) {
    Spectrum here = spectrum(open(2), metric);
    assertEquals(spectrum(local(NETWORK.definition(), SEED, DATA), metric), here);
    assertTrue(here.converged(), "not converged: " + here);
  }

  private static Spectrum spectrum(Workers workers, Metric metric) {
    int examples = DATA.get("anchors").size();
    try (Manifold manifold = new Manifold(workers, REFERENCE);
        Point point = manifold.at(WEIGHTS);
        SpectrumAnalysis analysis =
            new SpectrumAnalysis(
                new MetricOperator(point, metric, "anchors", examples, NETWORK),
                NETWORK.layout().tensors(),
                new SpectrumSettings(2, 1e-6, 2, 1e-3, SEED, Long.MAX_VALUE))) {
      return analysis.run(SpectrumListener.NONE);
    }
  }

  private static Workers local(
      NetworkDefinition network, long seed, Map<String, EncodedExamples> data) {
    WorkerSpec spec = new WorkerSpec(network, 2, seed, 1L << 28);
    return new LocalWorkers(spec, data, Device.cpu());
  }

  @Test
  void anEpochOfASmallSetTakesEachRowOnce() {
    Batch batch = new Batch("anchors", 24, Widening.NONE);
    try (Workers workers = open(3)) {
      for (int epoch = 0; epoch < 2; epoch++) {
        assertEachRowOnce(workers, batch, 96, epoch * 4L);
      }
      assertFalse(
          Arrays.equals(counts(workers, batch, 96, 0), counts(workers, batch, 96, 4)),
          "two epochs begin with the same rows");
    }
  }

  @Test
  void anEpochOfADividedSetTakesEachRowOnce() {
    Batch batch = new Batch("large", 480, Widening.NONE);
    try (Workers workers = open(8)) {
      assertEachRowOnce(workers, batch, 4800, 10);
      assertFalse(
          Arrays.equals(counts(workers, batch, 4800, 0), counts(workers, batch, 4800, 10)),
          "two epochs begin with the same rows");
    }
  }

  @Test
  void aBatchThatDoesNotDivideTheSetRunsOnIntoTheNextEpoch() {
    Batch batch = new Batch("task", 100, Widening.NONE);
    try (Workers workers = open(3)) {
      float[] taken = new float[257];
      for (int step = 0; step < 6; step++) {
        add(taken, counts(workers, batch, 257, step));
      }
      for (int row = 0; row < taken.length; row++) {
        assertTrue(
            taken[row] == 2 || taken[row] == 3,
            "600 draws of 257 rows took row " + row + " " + taken[row] + " times");
      }
    }
  }

  private static void assertEachRowOnce(Workers workers, Batch batch, int rows, long from) {
    float[] taken = new float[rows];
    for (long step = from; step < from + rows / batch.size(); step++) {
      add(taken, counts(workers, batch, rows, step));
    }
    float[] once = new float[rows];
    Arrays.fill(once, 1);
    assertArrayEquals(once, taken);
  }

  private static float[] counts(Workers workers, Batch batch, int rows, long step) {
    return workers.round(new ProbeTasks.CountRows(batch, step, rows), List.of()).vector();
  }

  private static void add(float[] to, float[] more) {
    for (int i = 0; i < to.length; i++) {
      to[i] += more[i];
    }
  }

  @Test
  void widenedBatchesAreOthersButTheSameEveryTime() {
    List<float[]> first = widenedGradients(open(2));
    for (int i = 0; i < first.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertFalse(
            Arrays.equals(first.get(i), first.get(j)),
            "gradients " + i + " and " + j + " are equal");
      }
    }
    List<float[]> again = widenedGradients(open(2));
    List<float[]> otherwiseDivided = widenedGradients(open(3));
    for (int i = 0; i < first.size(); i++) {
      assertArrayEquals(first.get(i), again.get(i));
      assertClose(wide(first.get(i)), otherwiseDivided.get(i), ADDED_DIFFERENTLY);
    }
  }

  /** Plain, mixed, shifted, both, mirrored, and mixed and shifted at another step. */
  private static List<float[]> widenedGradients(Workers workers) {
    try (Manifold manifold = new Manifold(workers, REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      return List.of(
          widened(point, Widening.NONE, 3),
          widened(point, Widening.images(true, 0), 3),
          widened(point, Widening.images(false, 1), 3),
          widened(point, Widening.images(true, 1), 3),
          widened(point, new Widening(false, 0, true, Widening.Texts.NONE), 3),
          widened(point, Widening.images(true, 1), 4));
    }
  }

  private static float[] widened(Point point, Widening widening, long step) {
    Batch batch = new Batch("anchors", 24, widening);
    return point.gradient(List.of(Term.drift(Distance.KL, 1, batch)), step).vector();
  }

  @Test
  void manyRoundsLeaveNoNativeArraysBehind() {
    Batch batch = new Batch("anchors", 24, Widening.images(true, 1));
    List<Term> terms =
        List.of(
            Term.task(new Batch("large", 32, Widening.NONE)), Term.drift(Distance.KL, 1, batch));
    try (Workers workers = open(2)) {
      Published here = workers.publish(WEIGHTS);
      ask(workers, terms, batch, 0);
      double[] before = arrays(workers, here);
      assertTrue(before[0] > 0, "no arrays are counted");
      // Five rounds at each point.
      for (int step = 1; step <= 150; step++) {
        ask(workers, terms, batch, step);
      }
      assertArrayEquals(before, arrays(workers, here), "arrays after 750 rounds");
      Published kept = workers.publish(WEIGHTS);
      workers.round(new MetricProductTask(Metric.FISHER, batch, 0), List.of(kept, here));
      double[] more = arrays(workers, here);
      assertTrue(more[0] > before[0], "a kept linearisation is not counted");
      assertTrue(more[1] > before[1], "a kept vector is not counted");
      workers.withdraw(kept);
      assertArrayEquals(before, arrays(workers, here), "arrays after the point is withdrawn");
    }
  }

  private static void ask(Workers workers, List<Term> terms, Batch batch, long step) {
    Published weights = workers.publish(WEIGHTS);
    workers.round(new GradientTask(terms, step), List.of(weights, weights));
    workers.round(new MetricProductTask(Metric.FISHER, batch, step), List.of(weights, weights));
    Published ones = workers.publish(ONES);
    workers.round(
        new LocalSolveTask(Metric.FISHER, batch, step, 1, 3, 0), List.of(weights, ones, ones));
    workers.round(new TrialTask(Metric.FISHER, batch, step), List.of(weights, ones));
    LocalSteps steps = new LocalSteps(terms, step, new double[] {0.1, 0.1}, 0, 0.9, 0.99, 1e-8);
    workers.round(new LocalStepsTask(steps), List.of(weights, weights, ones, ones));
    workers.withdraw(ones);
    workers.withdraw(weights);
  }

  private static double[] arrays(Workers workers, Published here) {
    return workers.round(new ProbeTasks.CountArrays(), List.of(here)).sums();
  }

  @Test
  void wrongDataAreNamedAndTheWorkersGoOn() {
    try (Manifold manifold = new Manifold(open(2), REFERENCE);
        Point point = manifold.at(WEIGHTS)) {
      assertDataFailure(() -> point.evaluate("absent"), "absent");
      assertDataFailure(() -> point.evaluate("unlabelled"), "unlabelled");
      assertDataFailure(() -> point.evaluate("foreign"), TinyNetwork.CLASSES + " outputs");
      assertDataFailure(
          () -> point.gradient(List.of(Term.task(Batch.all("foreign"))), 0), "foreign");
      assertDataFailure(
          () -> point.gradient(List.of(Term.task(Batch.all("unlabelled"))), 0), "unlabelled");
      assertEquals(257, point.evaluate("task").examples());
    }
  }

  private static void assertDataFailure(Runnable question, String named) {
    FipException failure = assertThrows(FipException.class, question::run);
    assertEquals(Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains(named), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
  }

  @Test
  void trafficIsCountedPerWorker() {
    int shards = 3;
    long vector = 4L * REFERENCE.length;
    long all = vector * workers(shards);
    try (Manifold manifold = new Manifold(open(shards), REFERENCE)) {
      assertEquals(new Traffic(0, all, 0), manifold.traffic());
      try (Point point = manifold.at(WEIGHTS)) {
        point.gradient(TERMS, 0);
        assertEquals(new Traffic(1, 2 * all, all), manifold.traffic());
        point.metricProduct(Metric.EUCLIDEAN, Batch.all("anchors"), 0, DIRECTION);
        assertEquals(new Traffic(2, 3 * all, 2 * all), manifold.traffic());
        point.evaluate("task");
        assertEquals(new Traffic(3, 3 * all, 2 * all), manifold.traffic());
        point.metricForm(Metric.EUCLIDEAN, Batch.all("anchors"), 0, DIRECTION);
        assertEquals(new Traffic(4, 4 * all, 2 * all), manifold.traffic());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWalkEndsAtTheBitsOfOneMachine(TinyWalk walk) {
    Waypoint local =
        walk.run(local(TinyWalk.network().definition(), SEED, TinyWalk.data()), new MemoryStore());
    Waypoint here = walk.run(openFor(), new MemoryStore());
    assertSameState(local, here);
    assertFalse(Arrays.equals(TinyWalk.network().weights(), here.state().weights()));
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedWalkEndsAtTheBitsOfAWholeOne(TinyWalk walk) {
    Waypoint whole = walk.run(openFor(), new MemoryStore());
    for (int step = 0; step < whole.step(); step += TinyWalk.CHECKPOINT_EVERY) {
      MemoryStore store = new MemoryStore();
      store.killAfter(step);
      Workers killed = openFor();
      assertThrows(MemoryStore.Killed.class, () -> walk.run(killed, store));
      assertEquals(step, store.newest().orElseThrow().step());
      assertSameState(whole, walk.run(openFor(), store));
    }
  }

  private Workers openFor() {
    return open(TinyWalk.network().definition(), SEED, 2, TinyWalk.data());
  }

  /** Asserts that two walks have come to the same state. */
  protected static void assertSameState(Waypoint expected, Waypoint actual) {
    assertEquals(expected.step(), actual.step());
    assertArrayEquals(expected.state().weights(), actual.state().weights());
    assertEquals(expected.state().vectors().keySet(), actual.state().vectors().keySet());
    expected
        .state()
        .vectors()
        .forEach((name, vector) -> assertArrayEquals(vector, actual.state().vector(name), name));
    for (String scalar : List.of("length.weights", "length.outputs", "geodesic.trust")) {
      assertEquals(expected.state().scalar(scalar, 0), actual.state().scalar(scalar, 0), scalar);
    }
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static void assertRelative(double expected, double actual, String what) {
    assertEquals(expected, actual, ADDED_DIFFERENTLY * Math.abs(expected), what);
  }

  private static void assertClose(double[] expected, float[] actual, double tolerance) {
    assertEquals(expected.length, actual.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    double error = Math.sqrt(difference / norm);
    assertTrue(error <= tolerance, "relative error " + error + " above " + tolerance);
  }
}
