package org.fip.spark.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.fip.core.FipException;

/**
 * Operations one after the other, each from the network that the one before ended at, every recipe
 * filled in and checked before the first begins. A chain is a recipe with a list {@code
 * operations}: what stands beside it counts for all of them, what stands in an entry for that one.
 *
 * @param output folder of the chain, any Hadoop path; operation N has the folder N-COMMAND in it
 * @param operations in order
 */
public record Chain(String output, List<Operation> operations) {
  static final String KEY = "operations";
  private static final String COMMAND = "command";
  private static final String OUTPUT = "output";
  private static final String NETWORK = "network";

  private static final String EXPECTED =
      "a list of operations, for example [{command: adapt}, {command: sparsify}]";

  /** Commands that end at one network. */
  static final List<Command> COMMANDS =
      List.of(Command.TRAIN, Command.ADAPT, Command.SPARSIFY, Command.ROBUSTIFY);

  /**
   * One operation.
   *
   * @param name its place and command, such as {@code 2-sparsify}
   * @param command what it does
   * @param recipe its recipe
   */
  public record Operation(String name, Command command, Recipe recipe) {}

  /** Copies the list. */
  public Chain {
    operations = List.copyOf(operations);
  }

  /**
   * The chain of a recipe; arguments as for {@link Recipe#resolve}.
   *
   * @throws FipException as {@link Recipe#resolve}, for any of the operations
   */
  public static Chain resolve(
      RecipeSource source,
      Map<String, String> sparkConfiguration,
      List<String> sets,
      NetworkKind.Lookup kinds) {
    RecipeTree set = Overrides.fromSpark(YamlReader.read(source), sparkConfiguration);
    RecipeTree given = Overrides.fromCommandLine(set, sets);
    JsonNode list = given.root().path(KEY);
    if (!list.isArray() || list.isEmpty()) {
      throw FipException.data(
          "%s: operations is %s; it must be %s",
          given.origin(List.of(KEY)), Scalars.describe(list), EXPECTED);
    }
    RecipeTree common = Exploration.without(given.without(KEY));
    if (common.root().hasNonNull("night")) {
      throw FipException.data(
          "%s: night is set; a night ends in a store of nights, so run adapt by itself",
          common.origin(List.of("night")));
    }
    String output = common.root().path(OUTPUT).asText();
    List<Operation> operations = new ArrayList<>();
    NetworkKind.Lookup ofFirst = kinds;
    for (int i = 0; i < list.size(); i++) {
      int index = i;
      Command command = command(given, index);
      String name = (index + 1) + "-" + command.label();
      String folder = common.root().hasNonNull(OUTPUT) ? output + "/" + name : null;
      String former =
          index == 0 ? null : operations.get(index - 1).recipe().output() + "/" + NETWORK;
      UnaryOperator<RecipeTree> over =
          defaults -> operation(given, defaults.under(common), index, former, folder);
      if (index == 0) {
        // All networks of a chain are of the kind of the first, and the others are not there yet.
        NetworkKind.Start first = NetworkKind.Start.of(over.apply(Defaults.of(command)));
        ofFirst = later -> kinds.of(first);
      }
      operations.add(new Operation(name, command, Recipe.read(command, ofFirst, over)));
    }
    return new Chain(output, operations);
  }

  /**
   * The recipe of an operation.
   *
   * @param below what counts where the operation's own entry says nothing
   * @param former folder of the network that it begins with, or null for that of the recipe
   * @param folder of its output, or null when the chain has none
   */
  private static RecipeTree operation(
      RecipeTree given, RecipeTree below, int index, String former, String folder) {
    List<String> place = List.of(KEY, Integer.toString(index));
    RecipeTree own = below;
    for (Map.Entry<String, JsonNode> value : given.root().path(KEY).get(index).properties()) {
      String key = value.getKey();
      String origin = given.origin(RecipeTree.join(place, key));
      if (key.equals(OUTPUT) || (key.equals(NETWORK) && index > 0)) {
        throw FipException.data(
            "%s: operations.%d.%s is set; an operation begins at the network of the one before and"
                + " has its folder in the chain's output, so remove it",
            origin, index, key);
      }
      if (key.equals("night")) {
        throw FipException.data(
            "%s: operations.%d.night is set; a night ends in a store of nights, so run adapt by"
                + " itself",
            origin, index);
      }
      if (!key.equals(COMMAND)) {
        own = own.with(key, value.getValue().deepCopy(), origin);
      }
    }
    String origin = given.origin(place);
    if (folder != null) {
      own = own.with(OUTPUT, TextNode.valueOf(folder), origin);
    }
    return former == null ? own : own.with(NETWORK, TextNode.valueOf(former), origin);
  }

  private static Command command(RecipeTree given, int index) {
    List<String> place = List.of(KEY, Integer.toString(index));
    if (!(given.root().path(KEY).get(index) instanceof ObjectNode entry)) {
      throw FipException.data(
          "%s: operations.%d is %s; it must be a mapping, for example {command: adapt}",
          given.origin(place), index, Scalars.describe(given.root().path(KEY).get(index)));
    }
    String text = entry.path(COMMAND).asText();
    for (Command command : COMMANDS) {
      if (command.label().equals(text)) {
        return command;
      }
    }
    throw FipException.data(
        "%s: %s.command is %s; it must be one of %s",
        given.origin(RecipeTree.join(place, COMMAND)),
        String.join(".", place),
        Scalars.describe(entry.path(COMMAND)),
        String.join(", ", COMMANDS.stream().map(Command::label).toList()));
  }
}
