package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.fip.spark.recipe.StretchSteps;
import org.fip.spark.store.PathDescription;
import org.junit.jupiter.api.Test;

class JobTablesTest {
  private static final String RESULT =
      """
      {"averageAccuracy": 0.5, "backwardTransfer": -0.25, "forgetting": 0.25,
       "evaluation": {"a/b": {"start": {}, "end": {"agreement": 0.75}}},
       "baselines": {"joint": {"averageAccuracy": 1,
                               "evaluation": {"a/b": {"agreement": 0.125}}}},
       "definitions": {"DRIFTS": "of each task"}}
      """;

  private static ObjectNode json(String text) throws JsonProcessingException {
    return (ObjectNode) new ObjectMapper().readTree(text);
  }

  @Test
  void measuresOfASequenceStandBesideThoseOfBaselines() throws JsonProcessingException {
    List<List<String>> rows = JobTables.measures(json(RESULT.replace("DRIFTS", "drifts"))).rows();
    assertEquals(List.of("average accuracy of the tasks", percent(0.5), percent(1)), rows.get(0));
    assertEquals(List.of("backward transfer", percent(-0.25), "–"), rows.get(1));
    assertEquals(List.of("forgetting", percent(0.25), "–"), rows.get(2));
    assertEquals(
        List.of("agreement with the start, a/b", percent(0.75), percent(0.125)), rows.get(3));
    assertEquals(3, JobTables.measures(json(RESULT)).rows().size(), "of an earlier version");
  }

  private static String percent(double value) {
    return Verdict.percent(value);
  }

  @Test
  void aLaterNightKeepsWhatTheOneBeforeHasKept() throws JsonProcessingException {
    ObjectNode recipe =
        json(
            """
            {"keep": [], "path": {"sampler": "geodesic", "gradientEvaluations": 500, "batch": 8,
              "anchorBatch": 8, "geodesic": {"solver": "exact", "iterations": 5}}}
            """);
    StretchSteps first = NightJob.stretches(new PathDescription(recipe, Map.of()));
    StretchSteps later =
        NightJob.stretches(new PathDescription(recipe, Map.of("night before", "2026-01-01")));
    assertEquals(500, first.first());
    assertEquals(later.each(), later.first());
    assertEquals(first.each(), later.each());
  }
}
