package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.fip.core.FipException;
import org.fip.core.anchors.Choice;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Metric;
import org.fip.core.manifold.Wire;
import org.fip.core.objective.Attack;
import org.fip.core.path.Schedule;
import org.fip.core.path.Solver;
import org.fip.core.sparsity.Budget;
import org.fip.spark.data.DataSelector;
import org.fip.spark.manifold.Communication;
import org.junit.jupiter.api.Test;

class RecipeRoundTripTest {
  private static final int CASES = 500;

  @Test
  void jsonHoldsTheWholeRecipe() {
    for (int seed = 0; seed < CASES; seed++) {
      Recipe recipe = new Generator(seed).recipe();
      String json = recipe.toJson();

      Recipe again = Recipe.fromJson(Command.ADAPT, "path.json", json);
      assertEquals(recipe, again, "seed " + seed);
      assertEquals(json, again.toJson(), "seed " + seed);
      assertEquals(List.copyOf(recipe.evaluate().keySet()), List.copyOf(again.evaluate().keySet()));
    }
  }

  @Test
  void jsonIsARecipeFileToo() {
    for (int seed = 0; seed < CASES; seed++) {
      Recipe recipe = new Generator(seed).recipe();
      assertEquals(recipe, Recipes.resolve(Command.ADAPT, recipe.toJson()), "seed " + seed);
    }
  }

  @Test
  void jsonIsCanonical() {
    String json = Recipes.resolve(Command.ADAPT, Recipes.SMALLEST).toJson();
    assertTrue(
        json.startsWith(
            "{\"network\":\"models/digits\",\"architecture\":null,\"preprocessor\":null,"
                + "\"output\":\"paths/x\",\"seed\":0,\"keep\":[{\"path\":\"data/a\","
                + "\"split\":\"train\",\"labelOffset\":0,\"seed\":0}]"),
        json);
    assertTrue(json.contains("\"distance\":\"squared-logits\""), json);
  }

  @Test
  void damagedJsonIsNamed() {
    FipException e =
        assertThrows(
            FipException.class, () -> Recipe.fromJson(Command.ADAPT, "path.json", "{\"seed\":"));
    assertEquals(FipException.Category.DATA, e.category());
    assertTrue(e.getMessage().startsWith("path.json: not JSON: "), e.getMessage());
  }

  /** Draws recipes from all of their range. */
  private static final class Generator {
    private final Random random;

    Generator(long seed) {
      random = new Random(seed);
    }

    Recipe recipe() {
      Map<String, DataSelector> evaluate = new LinkedHashMap<>();
      List<Task> tasks = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        evaluate.put("é" + random.nextInt(10) + " set-" + i, selector());
        tasks.add(new Task("task " + i, selector(), maybe(random::nextDouble)));
      }
      String night = maybe(() -> "2026-" + random.nextInt(100));
      Incremental incremental = night == null ? pick(Incremental.values()) : Incremental.CLASS;
      return new Recipe(
          text(),
          maybe(this::mapping),
          maybe(this::mapping),
          text(),
          random.nextLong(),
          List.of(selector(), selector()),
          anchors(),
          incremental,
          tasks,
          evaluate,
          night == null && random.nextBoolean()
              ? List.of(SamplerKind.RELEASED, SamplerKind.REPLAY)
              : List.of(),
          night,
          gate(evaluate),
          sparsity(),
          new RobustifySettings(
              pick(RobustifySettings.Loss.values()),
              positive(),
              attack(),
              new AttackTestSettings(
                  count(),
                  maybe(this::positive),
                  1 + random.nextInt(9),
                  random.nextInt(9),
                  random.nextInt(9),
                  maybe(this::count))),
          new DiversifySettings(
              2 + random.nextInt(9),
              pick(DiversifySettings.Difference.values()),
              positive(),
              fraction(),
              attack(),
              maybe(this::count),
              random.nextBoolean() ? List.of() : List.of(text() + "a", text() + "b")),
          new ConnectSettings(
              maybe(this::text),
              pick(ConnectSettings.Alignment.values()),
              1 + random.nextInt(50),
              1 + random.nextInt(50)),
          path(night, incremental));
    }

    private SparsitySettings sparsity() {
      double target = fraction();
      String pattern = random.nextBoolean() ? "2:4" : "channel";
      boolean channel = pattern.equals("channel");
      boolean labels = random.nextBoolean();
      return new SparsitySettings(
          channel ? target : 0.5,
          channel && random.nextBoolean() ? List.of(target / 2, target) : List.of(),
          pattern,
          pick(Budget.values()),
          pick(SparsityScore.values()),
          count(),
          count(),
          fraction(),
          random.nextBoolean() ? List.of() : List.of("a\\.\"b'", "[x]{2}: #"),
          labels,
          !labels && random.nextBoolean(),
          random.nextBoolean(),
          random.nextBoolean(),
          channel && random.nextBoolean());
    }

    private AttackSettings attack() {
      return new AttackSettings(
          pick(Attack.Norm.values()),
          positive(),
          count(),
          maybe(this::positive),
          1 + random.nextInt(9));
    }

    private AnchorSettings anchors() {
      boolean byClass = random.nextBoolean();
      return new AnchorSettings(
          byClass ? null : Integer.valueOf(count()),
          byClass ? Integer.valueOf(count()) : null,
          maybe(this::count),
          pick(Choice.values()),
          1 + random.nextInt(4096));
    }

    private GateSettings gate(Map<String, DataSelector> evaluate) {
      Map<String, Double> kept = new LinkedHashMap<>();
      evaluate.keySet().stream().skip(1).forEach(set -> kept.put(set, fraction()));
      return new GateSettings(
          kept, Map.of(evaluate.keySet().iterator().next(), fraction()), maybe(this::positive));
    }

    private PathSettings path(String night, Incremental incremental) {
      List<SamplerKind> samplers = new ArrayList<>(SamplerKind.WALKING);
      if (night != null) {
        samplers.removeAll(List.of(SamplerKind.JOINT, SamplerKind.EWC));
      }
      SamplerKind sampler = pick(samplers.toArray(SamplerKind[]::new));
      int local =
          sampler == SamplerKind.GEODESIC || sampler.stepsOnDriver() ? 1 : 1 + random.nextInt(3);
      Distance distance = pick(Distance.values());
      boolean hidden = sampler == SamplerKind.ANCHORED && incremental != Incremental.TASK;
      boolean auto = sampler == SamplerKind.ANCHORED && random.nextBoolean();
      return new PathSettings(
          sampler,
          local * count(),
          auto ? null : maybe(() -> local * 10 * count()),
          local,
          count(),
          count(),
          local * count(),
          local * count(),
          count(),
          fraction(),
          local == 1
              && sampler != SamplerKind.GEODESIC
              && sampler != SamplerKind.LORA
              && random.nextBoolean(),
          pick(Schedule.values()),
          distance,
          auto ? new AnchorWeight(null) : new AnchorWeight(positive()),
          random.nextBoolean(),
          new AutoSettings(List.of(positive(), 0.0), maybe(this::count), 0.01 + fraction() / 3),
          hidden ? positive() : 0,
          null,
          hidden ? 0 : fraction(),
          fraction(),
          new AugmentationSettings(random.nextInt(10), random.nextBoolean(), random.nextDouble()),
          new WideningSettings(
              distance != Distance.SHARPENED && random.nextBoolean(),
              random.nextInt(10),
              random.nextBoolean(),
              random.nextDouble(),
              random.nextBoolean(),
              random.nextDouble()),
          new DerSettings(positive(), positive()),
          new EwcSettings(positive(), count()),
          new LowRankSettings(
              random.nextBoolean() ? Rank.ALL : new Rank(null), 0.01 + fraction(), List.of("x.*")),
          new GeodesicSettings(
              pick(Solver.values()),
              1 + random.nextInt(50),
              positive(),
              maybe(this::positive),
              pick(Metric.values()),
              random.nextInt(10)),
          new TensorsSettings(
              random.nextBoolean() ? List.of() : List.of("classifier\\..*"),
              random.nextBoolean() ? List.of() : List.of(".*bias", "x\\.y")),
          local == 1 && sampler != SamplerKind.LORA && random.nextBoolean(),
          1 + random.nextInt(9999) + "m",
          maybe(() -> 1 + random.nextInt(64)),
          new CommunicationSettings(pick(Communication.values()), pick(Wire.values())));
    }

    private DataSelector selector() {
      return new DataSelector(
          text(),
          random.nextBoolean() ? "train" : "test",
          maybe(() -> List.of(random.nextInt(5), 5 + random.nextInt(5))),
          random.nextInt(20),
          maybe(this::count),
          random.nextLong());
    }

    private ObjectNode mapping() {
      ObjectNode mapping = JsonNodeFactory.instance.objectNode();
      mapping.put("a.b", random.nextInt()).put("c", random.nextGaussian() * 1e-9);
      mapping.put("d", "1e-3").put("e", true).putNull("f").putArray("g").add(random.nextLong());
      mapping.putObject("h").put("no", "yes");
      return mapping;
    }

    private String text() {
      String[] samples = {
        "a b", "hdfs://h:1/x y", "- #: {x}", "\"'\\", "null", "1.0", "数据/ü", "*a"
      };
      return pick(samples) + random.nextInt(10);
    }

    private int count() {
      return 1 + random.nextInt(100_000);
    }

    private double fraction() {
      return Math.max(Double.MIN_VALUE, random.nextDouble());
    }

    private double positive() {
      return Math.exp(20 * random.nextGaussian());
    }

    private <T> T maybe(Supplier<T> value) {
      return random.nextBoolean() ? value.get() : null;
    }

    private <T> T pick(T[] values) {
      return values[random.nextInt(values.length)];
    }
  }
}
