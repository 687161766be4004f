package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainTest {
  private static final String CHAIN =
      """
      network: models/start
      output: paths/chain
      seed: 4
      keep: [{path: data/kept}]
      tasks: [{name: new, train: {path: data/new}}]
      path: {checkpointEvery: 50}
      operations:
        - command: adapt
          path: {steps: 100}
        - command: sparsify
          sparsity: {target: 0.5}
          keep: [{path: data/kept}, {path: data/new}]
        - {command: adapt}
      """;

  private static Chain chain(String text, String... sets) {
    return Chain.resolve(
        new RecipeSource("chain.yaml", text), Map.of(), List.of(sets), NetworkKind.Lookup.PLAIN);
  }

  @Test
  void eachOperationBeginsAtTheNetworkOfTheOneBefore() {
    Chain chain = chain(CHAIN);
    assertEquals(
        List.of("1-adapt", "2-sparsify", "3-adapt"),
        chain.operations().stream().map(Chain.Operation::name).toList());
    assertEquals(
        List.of("models/start", "paths/chain/1-adapt/network", "paths/chain/2-sparsify/network"),
        chain.operations().stream().map(o -> o.recipe().network()).toList());
    assertEquals("paths/chain/3-adapt", chain.operations().get(2).recipe().output());
  }

  @Test
  void allNetworksAreOfTheKindOfTheFirst() {
    List<String> asked = new ArrayList<>();
    Chain chain =
        Chain.resolve(
            new RecipeSource("chain.yaml", CHAIN),
            Map.of(),
            List.of(),
            start -> {
              asked.add(start.network());
              return NetworkKind.NORMALIZED;
            });
    assertEquals(List.of("models/start", "models/start"), asked);
    assertEquals(
        List.of(Distance.SHARPENED, Distance.KL, Distance.SHARPENED),
        chain.operations().stream().map(o -> o.recipe().path().distance()).toList());
  }

  @Test
  void whatStandsInAnEntryCountsForItAndTheRestForAll() {
    List<Recipe> recipes =
        chain(CHAIN, "operations.2.path.steps=7", "operations.1.sparsity.target=0.6")
            .operations()
            .stream()
            .map(Chain.Operation::recipe)
            .toList();
    assertEquals(List.of(100, 3000, 7), recipes.stream().map(r -> r.path().steps()).toList());
    assertEquals(List.of(1, 2, 1), recipes.stream().map(r -> r.keep().size()).toList());
    assertEquals(0.6, recipes.get(1).sparsity().target());
    for (Recipe recipe : recipes) {
      assertEquals(50, recipe.path().checkpointEvery());
      assertEquals(4, recipe.seed());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "operations=[] | operations is a list; it must be a list of operations",
        "operations=3 | operations is 3; it must be a list of operations",
        "operations.1=sparsify | operations.1 is \"sparsify\"; it must be a mapping",
        "operations.1.command=connect | operations.1.command is \"connect\"; it must be one of",
        "operations.1.network=other | operations.1.network is set",
        "operations.0.output=other | operations.0.output is set",
        "operations.1.sparsity.targt=0.5 | unknown key sparsity.targt",
        "operations.2.path.steps=0 | path.steps is 0",
        "output=null | output is empty",
      })
  void whatIsWrongIsNamed(String set, String message) {
    FipException failure = assertThrows(FipException.class, () -> chain(CHAIN, set));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }
}
