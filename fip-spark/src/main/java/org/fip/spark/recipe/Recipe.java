package org.fip.spark.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.fip.core.FipException;
import org.fip.spark.data.DataSelector;

/**
 * What a run does, with every default filled in and every value checked. One recipe may serve
 * several commands: sections that a command has no use for are checked and otherwise left alone.
 *
 * @param network Hugging Face folder of the start network, any Hadoop path; null for {@code train}
 *     and {@code adapt} from an architecture
 * @param architecture content of {@code config.json} of a new network, for {@code train} and for
 *     {@code adapt} from nothing; else null
 * @param preprocessor content of {@code preprocessor_config.json} of a new network, for {@code
 *     train} and for {@code adapt} from nothing; null for none
 * @param output folder of the path store that is created or resumed, any Hadoop path
 * @param seed of every random choice but those of data selectors
 * @param keep the anchors: examples on which the function is kept; for all commands but
 *     <i>train</i>. With <i>adapt</i> it may be an empty list, which must be written unless {@code
 *     architecture} is given: nothing is kept until the first task is learned
 * @param anchors which examples of each learned task are kept while the tasks after it are learned
 * @param incremental what each of the tasks of {@code adapt} adds: class, outputs of one growing
 *     head that all compete; task, a head of its own; domain, nothing, because all have the same
 *     labels
 * @param tasks what is learned, in order; {@code adapt} at least one, {@code train} exactly one
 * @param evaluate evaluation sets by name, in order
 * @param baselines other samplers that are also run, for comparison; for the command <i>adapt</i>
 *     {@code fine-tuning}, {@code replay}, {@code released}, {@code joint}, {@code der++}, {@code
 *     ewc} and {@code lora}, for <i>sparsify</i> {@code one-shot}, {@code fine-tuning} and {@code
 *     released}
 * @param night name of a night, for {@code adapt} on a store that grows: {@code output} is then a
 *     store of nights, and network and keep are those of the first night; null for a path of its
 *     own
 * @param gate what the night's network must hold to, to be published
 * @param sparsity settings of the command <i>sparsify</i>
 * @param robustify settings of the command <i>robustify</i>
 * @param diversify settings of the command <i>diversify</i>
 * @param connect settings of the command <i>connect</i>
 * @param path how the path is walked
 */
public record Recipe(
    String network,
    JsonNode architecture,
    JsonNode preprocessor,
    String output,
    long seed,
    List<DataSelector> keep,
    AnchorSettings anchors,
    Incremental incremental,
    List<Task> tasks,
    Map<String, DataSelector> evaluate,
    List<SamplerKind> baselines,
    String night,
    GateSettings gate,
    SparsitySettings sparsity,
    RobustifySettings robustify,
    DiversifySettings diversify,
    ConnectSettings connect,
    PathSettings path) {
  private static final ObjectMapper JSON = new ObjectMapper().registerModule(Labels.module());
  private static final String NETWORK = "the folder of a network, for example models/digits";
  private static final String JSON_FILE = "a mapping, the content of a JSON file";
  private static final List<SamplerKind> BASELINES =
      List.of(
          SamplerKind.FINE_TUNING,
          SamplerKind.REPLAY,
          SamplerKind.RELEASED,
          SamplerKind.JOINT,
          SamplerKind.DER_PLUS_PLUS,
          SamplerKind.EWC,
          SamplerKind.LORA);

  /** Baselines of {@code adapt} alone. */
  private static final List<SamplerKind> KEEPING_TASKS =
      List.of(SamplerKind.JOINT, SamplerKind.DER_PLUS_PLUS, SamplerKind.EWC, SamplerKind.LORA);

  private static final List<SamplerKind> SPARSIFYING_BASELINES =
      List.of(SamplerKind.ONE_SHOT, SamplerKind.FINE_TUNING, SamplerKind.RELEASED);

  /** Makes collections unmodifiable and keeps their order. */
  public Recipe {
    keep = List.copyOf(keep);
    tasks = List.copyOf(tasks);
    evaluate = Collections.unmodifiableMap(new LinkedHashMap<>(evaluate));
    baselines = List.copyOf(baselines);
  }

  /**
   * The recipe of a run. Later arguments win over earlier ones, and all of them over the defaults
   * of the command.
   *
   * @param sparkConfiguration all settings of the Spark session; those that start with {@code
   *     spark.fip.} are recipe keys
   * @param sets {@code dotted.key=value} as given to {@code --set}, in order; values are YAML
   * @param kinds looks at the network when defaults depend on it
   * @throws FipException DATA, in one line with the place, when a key is unknown or a value is
   *     wrong; USAGE when an entry of {@code sets} has no {@code =}; what {@code kinds} throws, for
   *     a recipe that has no mistake of its own
   */
  public static Recipe resolve(
      Command command,
      RecipeSource source,
      Map<String, String> sparkConfiguration,
      List<String> sets,
      NetworkKind.Lookup kinds) {
    RecipeTree written = YamlReader.read(source);
    return read(
        command,
        kinds,
        defaults -> {
          RecipeTree tree = Overrides.fromSpark(defaults.under(written), sparkConfiguration);
          return Exploration.without(Overrides.fromCommandLine(tree, sets));
        });
  }

  /**
   * The recipe that is made by laying something over the defaults for a command and the network
   * that it is about.
   */
  static Recipe read(Command command, NetworkKind.Lookup kinds, UnaryOperator<RecipeTree> over) {
    RecipeTree most = over.apply(Defaults.of(command));
    if (!Defaults.followNetwork(command)) {
      return read(command, most);
    }
    NetworkKind kind;
    try {
      kind = kinds.of(NetworkKind.Start.of(most));
    } catch (FipException e) {
      // Of a recipe with a mistake of its own that is told.
      read(command, most);
      throw e;
    }
    return read(command, kind == NetworkKind.PLAIN ? most : over.apply(Defaults.of(command, kind)));
  }

  /**
   * The recipe that {@link #toJson} wrote.
   *
   * @param name what errors call it
   * @throws FipException DATA when it is not such a recipe
   */
  public static Recipe fromJson(Command command, String name, String json) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode root) {
        return read(command, new RecipeTree(name, root, new HashMap<>()));
      }
      throw FipException.data("%s: holds no recipe; it must be a JSON object", name);
    } catch (JsonProcessingException e) {
      throw new FipException(
          FipException.Category.DATA, "%s: not JSON: %s".formatted(name, Scalars.oneLine(e)), e);
    }
  }

  /** The same run with another sampler and no baselines beside it. */
  public Recipe withSampler(SamplerKind sampler) {
    return with(seed, tasks, List.of(), path.withSampler(sampler));
  }

  /** The same run of these tasks only. */
  public Recipe withTasks(List<Task> others) {
    return with(seed, others, baselines, path);
  }

  /** The same run with another seed. */
  public Recipe withSeed(long other) {
    return with(other, tasks, baselines, path);
  }

  /** Whether shards choose for themselves, so that another number of them gives another path. */
  public boolean shardsDecide() {
    return path.shardsDecide() || (sparsity != null && sparsity.renormalize());
  }

  private Recipe with(
      long chosen, List<Task> others, List<SamplerKind> beside, PathSettings settings) {
    return new Recipe(
        network,
        architecture,
        preprocessor,
        output,
        chosen,
        keep,
        anchors,
        incremental,
        others,
        evaluate,
        beside,
        night,
        gate,
        sparsity,
        robustify,
        diversify,
        connect,
        settings);
  }

  /** All values as JSON, keys in the order of the components: equal recipes give equal text. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new FipException(
          FipException.Category.INTERNAL, "a recipe cannot be written as JSON", e);
    }
  }

  static Recipe read(Command command, RecipeTree tree) {
    return read(command, new Section(tree, List.of(), tree.root(), Recipe.class));
  }

  static Recipe read(Command command, Section section) {
    Map<String, DataSelector> evaluate = evaluate(section);
    Recipe recipe =
        new Recipe(
            section.optionalText("network", NETWORK),
            section.optionalMapping("architecture", JSON_FILE),
            section.optionalMapping("preprocessor", JSON_FILE),
            section.text("output", "the folder of the path store, for example paths/my-path"),
            section.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
            keep(command, section),
            AnchorSettings.read(section.section("anchors", AnchorSettings.class)),
            section.choice("incremental", List.of(Incremental.values())),
            tasks(section),
            evaluate,
            section.choices(
                "baselines", command == Command.SPARSIFY ? SPARSIFYING_BASELINES : BASELINES),
            night(section),
            GateSettings.read(section.section("gate", GateSettings.class), evaluate.keySet()),
            SparsitySettings.read(section.section("sparsity", SparsitySettings.class)),
            RobustifySettings.read(section.section("robustify", RobustifySettings.class)),
            DiversifySettings.read(section.section("diversify", DiversifySettings.class)),
            ConnectSettings.read(section.section("connect", ConnectSettings.class)),
            PathSettings.read(section.section("path", PathSettings.class)));
    recipe.check(command, section);
    return recipe;
  }

  private static List<DataSelector> keep(Command command, Section section) {
    List<Section> entries =
        command == Command.ADAPT
            ? section.sectionsOrNone("keep", DataSelector.class)
            : section.sections("keep", DataSelector.class);
    return entries.stream().map(Selectors::read).toList();
  }

  private static List<Task> tasks(Section section) {
    Set<String> names = new HashSet<>();
    return section.sections("tasks", Task.class).stream()
        .map(
            entry -> {
              Task task = Task.read(entry);
              if (!names.add(task.name())) {
                throw entry.refuse("name", "different from the tasks before");
              }
              return task;
            })
        .toList();
  }

  private static String night(Section section) {
    String night = section.optionalText("night", Nights.RULE);
    if (night != null && !Nights.isName(night)) {
      throw section.refuse("night", Nights.RULE);
    }
    return night;
  }

  private static Map<String, DataSelector> evaluate(Section section) {
    Map<String, DataSelector> sets = new LinkedHashMap<>();
    section
        .namedSections("evaluate", DataSelector.class)
        .forEach((name, entry) -> sets.put(name, Selectors.read(entry)));
    return sets;
  }

  private void check(Command command, Section section) {
    if (night != null && command != Command.ADAPT) {
      throw section.refuse("night", "absent, because only adapt walks nights");
    }
    if (night != null && !baselines.isEmpty()) {
      throw section.refuse("baselines", "empty, because night is given; a night has none");
    }
    if (night != null && List.of(SamplerKind.JOINT, SamplerKind.EWC).contains(path.sampler())) {
      throw section
          .section("path", PathSettings.class)
          .refuse("sampler", "one that needs no data of other nights");
    }
    if (command != Command.ADAPT && command != Command.SPARSIFY && !baselines.isEmpty()) {
      throw section.refuse("baselines", "empty with " + command.label() + ", which runs none");
    }
    if (incremental == Incremental.TASK && night != null) {
      throw section.refuse(
          "incremental", "class or domain with night, which knows no heads of other nights");
    }
    if (command != Command.ADAPT) {
      Section settings = section.section("path", PathSettings.class);
      String learns = "0 but with adapt, which learns a task";
      if (path.taskAnchors() > 0) {
        throw settings.refuse("taskAnchors", learns);
      }
      if (path.logitAdjustment() > 0) {
        throw settings.refuse("logitAdjustment", learns);
      }
    }
    checkWeightsOfTasks(command, section);
    if (command == Command.TRAIN) {
      checkTraining(section);
      return;
    }
    if (network == null && (command != Command.ADAPT || architecture == null)) {
      throw section.refuse("network", NETWORK);
    }
    boolean fromNothing = section.has("keep") || network == null;
    if (keep.isEmpty() && !(command == Command.ADAPT && fromNothing)) {
      throw section.refuse(
          "keep", "a list of anchors, for example [{path: data/mnist, limit: 50}]");
    }
    if (command == Command.SPARSIFY) {
      checkSparsifying(section);
    }
    checkSampler(command, section);
    if (command == Command.CONNECT) {
      checkConnection(section);
    }
    if (command == Command.CONNECT || command == Command.DIVERSIFY) {
      checkOwnSteps(command, section);
    }
    if (command == Command.ADAPT && tasks.isEmpty()) {
      throw section.refuse(
          "tasks", "a list of tasks, for example [{name: fashion, train: {path: data/fashion}}]");
    }
  }

  private void checkWeightsOfTasks(Command command, Section section) {
    for (int i = 0; i < tasks.size(); i++) {
      Double weight = tasks.get(i).anchorWeight();
      if (weight == null) {
        continue;
      }
      Section task = section.sections("tasks", Task.class).get(i);
      if (command != Command.ADAPT) {
        throw task.refuse(
            "anchorWeight", "absent but with adapt, which keeps something beside a task");
      }
      if (weight == 0 && path.sampler() == SamplerKind.GEODESIC) {
        throw task.refuse("anchorWeight", PathSettings.WEIGHT_OF_GEODESIC);
      }
      if (weight == 0 && path.keepWithin() != null) {
        throw task.refuse("anchorWeight", "above 0 with path.keepWithin, which scales it");
      }
    }
  }

  private void checkSampler(Command command, Section section) {
    Section walked = section.section("path", PathSettings.class);
    if ((command == Command.SPARSIFY || command == Command.ROBUSTIFY)
        && KEEPING_TASKS.contains(path.sampler())) {
      throw walked.refuse("sampler", "anchored or geodesic with this command");
    }
    if (!path.lowRank().rank().equals(Rank.ALL) && command == Command.SPARSIFY) {
      throw walked
          .section("lowRank", LowRankSettings.class)
          .refuse("rank", "0 with sparsify, which knows single weights only");
    }
    if (path.withinSparsity() && baselines.contains(SamplerKind.LORA)) {
      throw walked.refuse("withinSparsity", "false with the baseline lora, which has no face");
    }
    if (path.relativeRate() && baselines.contains(SamplerKind.LORA)) {
      throw walked.refuse("relativeRate", "false with the baseline lora");
    }
    if (path.anchorWeight().auto()
        && (command != Command.ADAPT || path.sampler() != SamplerKind.ANCHORED)) {
      throw walked.refuse("anchorWeight", "a number but with adapt and the sampler anchored");
    }
    if (path.relativeWeight() && command != Command.ADAPT) {
      throw walked.refuse("relativeWeight", "false but with adapt");
    }
    if (path.hiddenWeight() > 0 && incremental == Incremental.TASK) {
      throw walked.refuse("hiddenWeight", "0 with incremental: task");
    }
    if (path.gradientEvaluations() != null && command != Command.ADAPT) {
      throw walked.refuse("gradientEvaluations", "null but with adapt");
    }
    if (path.localSteps() > 1
        && (path.sampler().stepsOnDriver()
            || baselines.stream().anyMatch(SamplerKind::stepsOnDriver))) {
      throw walked.refuse("localSteps", "1 with ewc and lora, whose steps are not taken by shards");
    }
  }

  private void checkSparsifying(Section section) {
    Section walked = section.section("path", PathSettings.class);
    if (path.localSteps() > 1) {
      throw walked.refuse("localSteps", "1 with sparsify, which removes weights between steps");
    }
    if (path.sampler() == SamplerKind.REPLAY) {
      throw walked.refuse("sampler", "another one, for sparsify has no task beside the anchors");
    }
    if (path.keepWithin() != null) {
      throw walked.refuse("keepWithin", "null with sparsify");
    }
    if (path.withinSparsity()) {
      throw walked.refuse(
          "withinSparsity", "false with sparsify, whose face is that of sparsity.target");
    }
  }

  private void checkConnection(Section section) {
    if (connect.to() == null) {
      throw section
          .section("connect", ConnectSettings.class)
          .refuse("to", "the folder of the network at the end, for example models/other");
    }
    Section walked = section.section("path", PathSettings.class);
    if (path.withinSparsity()) {
      throw walked.refuse(
          "withinSparsity", "false with connect, whose two ends need not share zeros");
    }
    if (path.relativeRate()) {
      throw walked.refuse("relativeRate", "false with connect, which relaxes several networks");
    }
    if (path.hiddenWeight() > 0) {
      throw walked.refuse("hiddenWeight", "0 with connect, which is about outputs");
    }
  }

  private void checkOwnSteps(Command command, Section section) {
    if (path.sampler() != SamplerKind.ANCHORED || path.localSteps() > 1) {
      throw section
          .section("path", PathSettings.class)
          .refuse(
              path.localSteps() > 1 ? "localSteps" : "sampler",
              "left as it is with " + command.label() + ", which takes steps of its own");
    }
    if (path.keepWithin() != null) {
      throw section
          .section("path", PathSettings.class)
          .refuse("keepWithin", "absent with " + command.label() + ", whose weights are fixed");
    }
    if (path.lowRank().rank().low()) {
      throw section
          .section("path", PathSettings.class)
          .section("lowRank", LowRankSettings.class)
          .refuse("rank", "auto or 0 with " + command.label() + ", which moves all weights");
    }
  }

  private void checkTraining(Section section) {
    if (network == null && architecture == null) {
      throw section.refuse(
          "architecture", "the content of a config.json, unless network names a folder");
    }
    if (network != null && architecture != null) {
      throw section.refuse("network", "absent, because architecture is given too; remove one");
    }
    if (tasks.size() != 1) {
      throw section.refuse(
          "tasks",
          "a list of exactly one task, for example [{name: mnist, train: {path: data/mnist}}]");
    }
    if (path.sampler() != SamplerKind.FINE_TUNING) {
      throw section
          .section("path", PathSettings.class)
          .refuse("sampler", "fine-tuning, because train keeps nothing");
    }
  }
}
