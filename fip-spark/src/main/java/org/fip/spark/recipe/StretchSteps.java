package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.fip.core.path.GeodesicSampler;
import org.fip.core.path.Solver;

/**
 * How long the stretches of a path are that learns one task after the other, or comes to one
 * sparsity after the other.
 *
 * @param first steps of the first, which has another length where nothing is kept while it is
 *     walked and the work of a step is told by gradients
 * @param each steps of each of the others
 */
public record StretchSteps(long first, long each) {

  /**
   * Those of a recipe that is stored with a path, which may be of an earlier version.
   *
   * @param keeps whether anything is kept while the first is walked
   */
  public static StretchSteps ofStored(JsonNode recipe, boolean keeps) {
    JsonNode path = recipe.path("path");
    JsonNode gradients = path.path("gradientEvaluations");
    if (!gradients.isNumber()) {
      long steps = Math.max(1, path.path("steps").asLong(1));
      return new StretchSteps(steps, steps);
    }
    int given = gradients.asInt();
    boolean geodesic = path.path("sampler").asText().equals(SamplerKind.GEODESIC.label());
    int each = given;
    if (geodesic) {
      JsonNode settings = path.path("geodesic");
      Solver solver =
          Arrays.stream(Solver.values())
              .filter(s -> s.name().equalsIgnoreCase(settings.path("solver").asText()))
              .findFirst()
              .orElse(Solver.EXACT);
      each =
          geodesic(
              given,
              solver,
              settings.path("iterations").asInt(1),
              path.path("batch").asInt(1),
              path.path("anchorBatch").asInt(1));
    }
    return new StretchSteps(keeps ? each : given, each);
  }

  /** How many steps of {@code geodesic} cost so many gradients of a step's batches. */
  static int geodesic(int gradients, Solver solver, int iterations, int batch, int anchorBatch) {
    double anchorShare = (double) anchorBatch / (batch + anchorBatch);
    return (int)
        Math.max(1, gradients / GeodesicSampler.gradients(solver, iterations, anchorShare));
  }

  /** The step at the end of the first so many stretches. */
  public long end(int stretches) {
    return stretches == 0 ? 0 : first + (stretches - 1) * each;
  }

  /** Whether a stretch begins or ends at a step. */
  public boolean isEnd(long step) {
    return step == 0 || (step >= first && (step - first) % each == 0);
  }
}
