package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.network.util.JavaUtils;
import org.fip.core.FipException;
import org.fip.core.geometry.Distance;
import org.fip.core.path.Schedule;
import org.fip.core.path.Solver;

/**
 * How a path is walked.
 *
 * @param sampler the rule that takes the steps; {@code train} always uses {@code fine-tuning}
 * @param steps how many steps
 * @param gradientEvaluations as many steps instead as cost so many gradients of a step's batches,
 *     so that samplers can be compared at equal work: one each, but those of {@code geodesic} cost
 *     more; null for {@code steps}
 * @param localSteps steps that each shard takes by itself between two rounds, in every sampler but
 *     {@code geodesic}; divides {@code steps}, {@code checkpointEvery} and {@code measureEvery};
 *     with 1 all shards take each step together
 * @param batch task examples per step
 * @param anchorBatch anchors per step, after widening
 * @param checkpointEvery steps between waypoints
 * @param measureEvery steps between measurements of drift and lengths
 * @param evaluateEvery steps between evaluations on the evaluation sets; 0 for the start and the
 *     end only
 * @param learningRate of Adam, per step
 * @param relativeRate whether the learning rate is a share of each tensor's root mean square where
 *     the path starts, in place of a length; with the samplers that take one step a round
 * @param schedule how the learning rate changes
 * @param distance what drift is measured in; {@code sharpened} compares with the cubed and
 *     normalized probabilities of the reference, so that its decisions stay whether or not they
 *     were sure, and a little with its logits; not with {@code widening.mixture}
 * @param anchorWeight weight mu of the drift in the objective L + mu D, for each task that is kept:
 *     while the k-th task of a sequence is learned, mu is k times this, or k - 1 times without
 *     {@code keep}. With {@code auto}, for the sampler {@code anchored} of {@code adapt}, it is
 *     chosen anew for each task on examples that are held out
 * @param relativeWeight whether that drift is in hundredths of the spread of the reference's
 *     logits, which is half their squared distance from their mean over the outputs, and at least
 *     50, of networks that read texts 200, so that one weight suits networks with large and with
 *     small logits; for {@code adapt}, and for the distance {@code squared-logits} alone: others
 *     have no unit
 * @param auto how that choice is made
 * @param hiddenWeight weight, in the drift of the sampler {@code anchored}, of the distance of
 *     hidden layers beside that of the outputs: the mean over the layers of the squared distance
 *     relative to the reference's squared norm. For networks that read images
 * @param keepWithin drift that a path of the sampler {@code anchored} stays near, as a share of the
 *     spread of the reference's logits on the anchors; the weight of the drift then starts at
 *     {@code anchorWeight} and follows. Null when the weight stays as it is
 * @param taskAnchors share of a step's anchors that are examples of the task that {@code adapt}
 *     learns, widened alike: what the network said of them when the task began is kept in the
 *     outputs of all other classes; below 1, because only stored ones hold the new outputs down
 * @param logitAdjustment factor of the logarithm of how many more examples a class of the task has
 *     than a kept one anchors, by which the logits of the others count as less while {@code adapt}
 *     learns the task's labels in a head that grows (Menon et al. 2021, arXiv 2007.07314). New
 *     classes then lead by less, and old examples are named as new ones less often. For the
 *     samplers {@code anchored} and {@code geodesic}
 * @param augmentation how examples are varied whose labels are read
 * @param widening how anchors are varied; by default of the command {@code adapt} alone
 * @param der settings of the {@code der++} sampler
 * @param ewc settings of the {@code ewc} sampler
 * @param lowRank low-rank paths
 * @param geodesic settings of the {@code geodesic} sampler
 * @param tensors which of the network's tensors move
 * @param withinSparsity whether weights that are zero in the start network stay zero, for {@code
 *     train}, {@code adapt}, {@code robustify} and {@code diversify}; not with {@code localSteps}
 *     above 1 or low-rank changes
 * @param memory most that each executor holds in activations, such as {@code 512m} or {@code 8g};
 *     what does not fit is computed in smaller pieces, and again where it would have been kept
 * @param shards parts that each batch is split into, or null for one per executor core. Data sets
 *     above 4,096 rows are divided among the shards, whose number then decides which rows a step
 *     takes
 * @param communication how several executors work together
 */
public record PathSettings(
    SamplerKind sampler,
    int steps,
    Integer gradientEvaluations,
    int localSteps,
    int batch,
    int anchorBatch,
    int checkpointEvery,
    int measureEvery,
    int evaluateEvery,
    double learningRate,
    boolean relativeRate,
    Schedule schedule,
    Distance distance,
    AnchorWeight anchorWeight,
    boolean relativeWeight,
    AutoSettings auto,
    double hiddenWeight,
    Double keepWithin,
    double taskAnchors,
    double logitAdjustment,
    AugmentationSettings augmentation,
    WideningSettings widening,
    DerSettings der,
    EwcSettings ewc,
    LowRankSettings lowRank,
    GeodesicSettings geodesic,
    TensorsSettings tensors,
    boolean withinSparsity,
    String memory,
    Integer shards,
    CommunicationSettings communication)
    implements Serializable {
  private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,9}[kmgt]");
  private static final String MEMORY = "a size of at least 1m, for example 512m or 8g";
  private static final String MEMORY_SETTING = "spark.fip.path.memory";

  /** What a weight of the drift must be for a sampler that divides by it. */
  static final String WEIGHT_OF_GEODESIC =
      "above 0 with the sampler geodesic, whose steps are as long as the drift allows";

  private static final int MOST_STEPS = 100_000_000;
  private static final int MOST_LOCAL_STEPS = 10_000;
  private static final int LARGEST_BATCH = 1_000_000;

  /**
   * The same with another sampler; only {@code anchored} looks at hidden layers, and of other
   * samplers only {@code lora} stays with low-rank changes.
   */
  PathSettings withSampler(SamplerKind other) {
    return new PathSettings(
        other,
        steps,
        gradientEvaluations,
        localSteps,
        batch,
        anchorBatch,
        checkpointEvery,
        measureEvery,
        evaluateEvery,
        learningRate,
        relativeRate,
        schedule,
        distance,
        anchorWeight,
        relativeWeight,
        auto,
        other == SamplerKind.ANCHORED ? hiddenWeight : 0,
        keepWithin,
        taskAnchors,
        logitAdjustment,
        augmentation,
        widening,
        der,
        ewc,
        other == sampler ? lowRank : lowRank.of(other),
        geodesic,
        tensors,
        withinSparsity,
        memory,
        shards,
        communication);
  }

  /** The memory in bytes. */
  public long memoryBytes() {
    return JavaUtils.byteStringAsBytes(memory);
  }

  /** Whether shards choose their steps for themselves. */
  boolean shardsDecide() {
    return localSteps > 1 || (sampler == SamplerKind.GEODESIC && geodesic.solver() == Solver.LOCAL);
  }

  static PathSettings read(Section section) {
    PathSettings settings =
        new PathSettings(
            section.choice("sampler", SamplerKind.WALKING),
            section.smallInteger("steps", 1, MOST_STEPS),
            section.optionalInteger("gradientEvaluations", 1, MOST_STEPS),
            section.smallInteger("localSteps", 1, MOST_LOCAL_STEPS),
            section.smallInteger("batch", 1, LARGEST_BATCH),
            section.smallInteger("anchorBatch", 1, LARGEST_BATCH),
            section.smallInteger("checkpointEvery", 1, MOST_STEPS),
            section.smallInteger("measureEvery", 1, MOST_STEPS),
            section.smallInteger("evaluateEvery", 0, MOST_STEPS),
            section.number("learningRate", new Range(0, false, 100, true)),
            section.bool("relativeRate"),
            section.choice("schedule", List.of(Schedule.values())),
            section.choice("distance", List.of(Distance.values())),
            AnchorWeight.read(section, "anchorWeight"),
            section.bool("relativeWeight"),
            AutoSettings.read(section.section("auto", AutoSettings.class)),
            section.number("hiddenWeight", Range.NOT_NEGATIVE),
            section.optionalNumber("keepWithin", Range.POSITIVE),
            section.number("taskAnchors", new Range(0, true, 1, false)),
            section.number("logitAdjustment", new Range(0, true, 100, true)),
            AugmentationSettings.read(section.section("augmentation", AugmentationSettings.class)),
            WideningSettings.read(section.section("widening", WideningSettings.class)),
            DerSettings.read(section.section("der", DerSettings.class)),
            EwcSettings.read(section.section("ewc", EwcSettings.class)),
            LowRankSettings.read(section.section("lowRank", LowRankSettings.class)),
            GeodesicSettings.read(section.section("geodesic", GeodesicSettings.class)),
            TensorsSettings.read(section.section("tensors", TensorsSettings.class)),
            section.bool("withinSparsity"),
            memory(section),
            section.optionalInteger("shards", 1, 100_000),
            CommunicationSettings.read(
                section.section("communication", CommunicationSettings.class)));
    settings.checkTogether(section);
    return settings;
  }

  /** How many steps a walk takes beside what it keeps. */
  public int walkSteps() {
    return walkSteps(true);
  }

  /**
   * How many steps a walk takes.
   *
   * @param keeps whether anything is kept; without it the steps of {@code geodesic} are plain ones
   */
  public int walkSteps(boolean keeps) {
    if (gradientEvaluations == null || sampler != SamplerKind.GEODESIC || !keeps) {
      return gradientEvaluations == null ? steps : gradientEvaluations;
    }
    return StretchSteps.geodesic(
        gradientEvaluations, geodesic.solver(), geodesic.iterations(), batch, anchorBatch);
  }

  /**
   * How long the stretches of a path are.
   *
   * @param keeps whether anything is kept while the first is walked
   */
  public StretchSteps stretches(boolean keeps) {
    return new StretchSteps(walkSteps(keeps), walkSteps());
  }

  /**
   * Rank of the changes that a path makes, 0 where it moves all weights.
   *
   * @param texts whether the network reads texts
   */
  public int rank(boolean texts) {
    if (sampler == SamplerKind.LORA) {
      return lowRank.rankOfLora();
    }
    boolean all =
        sampler != SamplerKind.ANCHORED || localSteps > 1 || withinSparsity || relativeRate;
    return lowRank.rank().auto() && all ? 0 : lowRank.rank().of(texts);
  }

  /** Refuses settings that do not go together; between rounds there is no network to measure. */
  private void checkTogether(Section section) {
    if (sampler == SamplerKind.GEODESIC && localSteps > 1) {
      throw section.refuse(
          "localSteps", "1 with the sampler geodesic; path.geodesic.solver: local saves rounds");
    }
    if (withinSparsity && (localSteps > 1 || lowRank.rank().low() || sampler == SamplerKind.LORA)) {
      throw section.refuse(
          "withinSparsity",
          "false with localSteps above 1, with lowRank and with the sampler lora, which have no"
              + " face");
    }
    if (sampler == SamplerKind.GEODESIC && !anchorWeight.auto() && anchorWeight.value() == 0) {
      throw section.refuse("anchorWeight", WEIGHT_OF_GEODESIC);
    }
    if (gradientEvaluations != null && anchorWeight.auto()) {
      throw section.refuse(
          "gradientEvaluations", "null with anchorWeight: auto, whose probes take more of them");
    }
    if (taskAnchors > 0 && (hiddenWeight > 0 || keepWithin != null)) {
      throw section.refuse("taskAnchors", "0 with hiddenWeight and with keepWithin");
    }
    if (keepWithin != null
        && (sampler == SamplerKind.GEODESIC
            || localSteps > 1
            || distance != Distance.SQUARED_LOGITS
            || anchorWeight.auto()
            || anchorWeight.value() == 0)) {
      throw section.refuse(
          "keepWithin",
          "null with the sampler geodesic, with localSteps above 1, with a distance other than"
              + " squared-logits, and with the anchorWeight 0 or auto");
    }
    boolean others =
        sampler == SamplerKind.GEODESIC || sampler == SamplerKind.LORA || localSteps > 1;
    if (relativeRate && (others || lowRank.rank().low())) {
      throw section.refuse(
          "relativeRate",
          "false with the samplers geodesic and lora, with localSteps above 1 and with lowRank");
    }
    if (hiddenWeight > 0 && (sampler != SamplerKind.ANCHORED || keepWithin != null)) {
      throw section.refuse(
          "hiddenWeight", "0 with a sampler other than anchored, and with keepWithin");
    }
    if (lowRank.rank().low() && (sampler == SamplerKind.GEODESIC || localSteps > 1)) {
      throw section
          .section("lowRank", LowRankSettings.class)
          .refuse("rank", "0 or auto with the sampler geodesic and with localSteps above 1");
    }
    if (distance == Distance.SHARPENED && widening.mixture()) {
      throw section
          .section("widening", WideningSettings.class)
          .refuse(
              "mixture",
              "false with the distance sharpened, which would make one class of two images");
    }
    Map<String, Integer> multiples = new LinkedHashMap<>();
    multiples.put(gradientEvaluations == null ? "steps" : "gradientEvaluations", walkSteps());
    multiples.put("checkpointEvery", checkpointEvery);
    multiples.put("measureEvery", measureEvery);
    multiples.forEach(
        (key, value) -> {
          if (value % localSteps != 0) {
            throw section.refuse("localSteps", "a divisor of path." + key + ", which is " + value);
          }
        });
  }

  private static String memory(Section section) {
    String memory = section.text("memory", MEMORY);
    if (!isMemory(memory)) {
      throw section.refuse("memory", MEMORY);
    }
    return memory;
  }

  private static boolean isMemory(String text) {
    return SIZE.matcher(text).matches() && JavaUtils.byteStringAsBytes(text) >= 1 << 20;
  }

  /**
   * The memory in bytes that a command without a recipe is given.
   *
   * @param settings of the Spark session
   * @param absent when {@code spark.fip.path.memory} is not among them
   * @throws FipException with category DATA when it is no size
   */
  public static long memoryBytes(Map<String, String> settings, long absent) {
    String text = settings.get(MEMORY_SETTING);
    if (text != null && !isMemory(text)) {
      throw FipException.data("%s is %s; it must be %s", MEMORY_SETTING, text, MEMORY);
    }
    return text == null ? absent : JavaUtils.byteStringAsBytes(text);
  }
}
