package org.fip.core.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.Distance;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.manifold.TinyWalk;
import org.fip.core.manifold.WorkerSpec;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.objective.Widening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChosenWeightTest {
  private static final Network NETWORK = TinyWalk.network();
  private static final List<Double> WEIGHTS = List.of(0.0, 0.3, 30.0);
  private static final int PROBE = 15;
  private static final Stretch STRETCH = new Stretch(0, 40);
  private static final Batch HELD_OUT = Batch.all("anchors held out");

  private static Manifold manifold() {
    Map<String, EncodedExamples> data = new HashMap<>(TinyWalk.data());
    EncodedExamples anchors = data.get("anchors");
    data.put("anchors", anchors.slice(0, 40));
    data.put("anchors held out", anchors.slice(40, 60));
    data.put("task held out", data.get("task").slice(4000, 4500));
    data.put("task", data.get("task").slice(0, 4000));
    WorkerSpec spec = new WorkerSpec(NETWORK.definition(), 2, 3, 1L << 28);
    return new Manifold(new LocalWorkers(spec, data, Device.cpu()), NETWORK.weights());
  }

  private static Sampler anchored(Manifold manifold, double weight, Stretch stretch) {
    List<Term> terms =
        List.of(
            Term.task(new Batch("task", 64, Widening.NONE)),
            Term.drift(Distance.SQUARED_LOGITS, weight, new Batch("anchors", 32, Widening.NONE)));
    return new AnchoredSampler(manifold, Constraint.NONE, terms, 0.01, Schedule.LINEAR, stretch);
  }

  private static ChosenWeight chosen(Manifold manifold, int kept) {
    return chosen(manifold, kept, Set.of());
  }

  private static ChosenWeight chosen(Manifold manifold, int kept, Set<Integer> exempt) {
    return new ChosenWeight(
        (weight, stretch) -> anchored(manifold, weight, stretch),
        new ChosenWeight.Settings(WEIGHTS, PROBE, "task held out", HELD_OUT, exempt, kept),
        STRETCH);
  }

  /** Takes steps up to one, and returns the point there. */
  private static Point walk(Manifold manifold, Sampler sampler, PathState state, long to) {
    Point here = manifold.at(state.weights());
    while (state.step() < to) {
      Sampler.Step step = sampler.step(here, state);
      state.advance();
      here.close();
      here = step.point();
    }
    return here;
  }

  private static PathState start() {
    return new PathState(NETWORK.weights().clone());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void takesTheWeightWhoseProbeLosesLeastOnWhatIsHeldOut(int kept) {
    try (Manifold manifold = manifold()) {
      double best = Double.POSITIVE_INFINITY;
      double expected = Double.NaN;
      for (double weight : WEIGHTS) {
        Stretch probe = new Stretch(0, PROBE);
        Sampler sampler = anchored(manifold, kept * weight, probe);
        try (Point end = walk(manifold, sampler, start(), PROBE)) {
          double loss =
              end.evaluate("task held out").loss()
                  + kept * end.measure(end, Distance.KL, HELD_OUT).drift();
          if (loss < best) {
            best = loss;
            expected = weight;
          }
        }
      }
      PathState state = start();
      walk(manifold, chosen(manifold, kept), state, 40).close();
      assertEquals(expected, ChosenWeight.of(state));
      PathState fixed = start();
      walk(manifold, anchored(manifold, kept * expected, STRETCH), fixed, 40).close();
      assertArrayEquals(fixed.weights(), state.weights());
      assertEquals(40 + WEIGHTS.size() * PROBE, Costs.gradients(state));
    }
  }

  /** A choice among weights of which some let no step be taken. */
  private static ChosenWeight failing(Manifold manifold, Predicate<Double> fails) {
    return new ChosenWeight(
        (weight, stretch) ->
            fails.test(weight)
                ? (here, state) -> {
                  throw FipException.data("no step with " + weight);
                }
                : anchored(manifold, weight, stretch),
        new ChosenWeight.Settings(WEIGHTS, PROBE, "task held out", HELD_OUT, Set.of(), 1),
        STRETCH);
  }

  @Test
  void aWeightWhoseProbeFailsIsNotTaken() {
    try (Manifold manifold = manifold()) {
      PathState free = start();
      walk(manifold, chosen(manifold, 1), free, 1).close();
      double usual = ChosenWeight.of(free);
      PathState state = start();
      walk(manifold, failing(manifold, weight -> weight == usual), state, 1).close();
      assertNotEquals(usual, ChosenWeight.of(state));
      Sampler none = failing(manifold, weight -> true);
      FipException failure =
          assertThrows(FipException.class, () -> walk(manifold, none, start(), 1));
      assertTrue(failure.getMessage().startsWith("no step"), failure.getMessage());
    }
  }

  @Test
  void outputsThatNothingIsKeptInHaveNoPartInTheChoice() {
    try (Manifold manifold = manifold()) {
      PathState all = start();
      walk(manifold, chosen(manifold, 1000), all, 1).close();
      PathState one = start();
      Set<Integer> others =
          IntStream.range(1, NETWORK.classes()).boxed().collect(Collectors.toSet());
      walk(manifold, chosen(manifold, 1000, others), one, 1).close();
      assertNotEquals(ChosenWeight.of(all), ChosenWeight.of(one));
    }
  }

  @Test
  void moreThatIsKeptAsksForAnotherWeight() {
    try (Manifold manifold = manifold()) {
      PathState little = start();
      walk(manifold, chosen(manifold, 1), little, 1).close();
      PathState much = start();
      walk(manifold, chosen(manifold, 1000), much, 1).close();
      assertNotEquals(ChosenWeight.of(little), ChosenWeight.of(much));
    }
  }

  @Test
  void aWalkGoesOnWithTheWeightThatWasChosen() {
    try (Manifold manifold = manifold()) {
      PathState whole = start();
      walk(manifold, chosen(manifold, 1), whole, 30).close();
      PathState parts = start();
      walk(manifold, chosen(manifold, 1), parts, 17).close();
      walk(manifold, chosen(manifold, 1), parts, 30).close();
      assertArrayEquals(whole.weights(), parts.weights());
      assertEquals(whole.scalars(), parts.scalars());
    }
  }
}
