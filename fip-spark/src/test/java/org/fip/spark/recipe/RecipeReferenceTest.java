package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference of recipes and their schema are what the code says. */
class RecipeReferenceTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("deploy/recipes/REFERENCE.md");
  private static final Path SCHEMA = ROOT.resolve("deploy/recipes/recipe.schema.json");
  private static final String WRITE = "fip.writeReference";
  private static final Pattern FIRST_LINE =
      Pattern.compile("# yaml-language-server: \\$schema=(\\S+)\n");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\n(.*?)^```");

  private static final List<RecipeKeys.Key> KEYS = RecipeKeys.all();
  private static final RecipeReference REFERENCE =
      new RecipeReference(
          KEYS, new RecipeTexts(Path.of("src/main/java"), RecipeReference.records(KEYS)));
  private static final JsonNode SCHEMA_NOW = new RecipeSchema(KEYS, REFERENCE).build();
  private static final JsonSchema VALIDATOR =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(SCHEMA_NOW);

  static Stream<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("deploy/recipes"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  /** The YAML in documents: recipes, or parts of them. */
  static Stream<String> excerpts() throws IOException {
    List<String> excerpts = new ArrayList<>();
    for (String file : List.of("README.md", "deploy/README.md", "deploy/OWN-DATA.md")) {
      Matcher blocks = BLOCK.matcher(Files.readString(ROOT.resolve(file)));
      while (blocks.find()) {
        excerpts.add(blocks.group(1));
      }
    }
    return excerpts.stream();
  }

  private static Set<ValidationMessage> problems(String name, String yaml) {
    return VALIDATOR.validate(YamlReader.read(new RecipeSource(name, yaml)).root());
  }

  private static String schema() throws IOException {
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(SCHEMA_NOW)
        + "\n";
  }

  @Test
  void committedFilesAreWhatTheCodeSays() throws IOException {
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, REFERENCE.page());
      Files.writeString(SCHEMA, schema());
    }
    String remedy = "write them again with -D" + WRITE + "=true, as CONTRIBUTING.md says";
    assertEquals(REFERENCE.page(), Files.readString(PAGE), remedy);
    assertEquals(schema(), Files.readString(SCHEMA), remedy);
  }

  @Test
  void everyKeyIsInTheReference() {
    String page = REFERENCE.page();
    KEYS.stream()
        .filter(key -> !key.entry())
        .forEach(key -> assertTrue(page.contains("| `" + key.name() + "` |"), key.place()));
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void recipesAreValidAndSayWhereTheirSchemaIs(Path file) throws IOException {
    String text = Files.readString(file);
    assertEquals(Set.of(), problems(file.toString(), text));
    Matcher first = FIRST_LINE.matcher(text);
    assertTrue(first.lookingAt(), "the first line names no schema");
    assertEquals(SCHEMA, file.resolveSibling(first.group(1)).normalize());
  }

  @ParameterizedTest
  @MethodSource("excerpts")
  void recipesInDocumentsAreValid(String yaml) {
    assertEquals(Set.of(), problems("excerpt", yaml));
  }

  @Test
  void refusesWhatEditorsShouldMark() {
    for (String wrong :
        List.of(
            "pth: {steps: 5}",
            "path: {stps: 5}",
            "path: {steps: 0}",
            "path: {steps: 1.5}",
            "path: {sampler: anchord}",
            "path: {widening: {tokenDropout: 1}}",
            "keep: {path: data}",
            "keep: [{pth: data}]",
            "sparsity: {curve: [0.5, 0.5]}",
            "evaluate: {a: {split: validation}}",
            "explore: {grid: {path.steps: [0]}}",
            "operations: [{command: explore}]",
            "operations: [{command: adapt, output: x}]")) {
      assertFalse(problems("wrong", wrong).isEmpty(), wrong);
    }
    assertEquals(Set.of(), problems("empty section", "path:\n"));
  }

  /** What the schema refuses, a command would refuse as well: editors mark no valid recipe. */
  @Test
  void isNeverStricterThanTheReader() {
    List<String> values =
        List.of("null", "true", "-1", "0", "1", "0.5", "1e9", "text", "[]", "{}", "[1, 1]", "2:4");
    int refused = 0;
    for (RecipeKeys.Key key : KEYS) {
      String place = key.place();
      if (key.entry() || place.startsWith(ExploreSettings.KEY)) {
        continue;
      }
      String dotted = place.replace("[]", ".0");
      for (String value : values) {
        RecipeTree given = YamlReader.read(new RecipeSource("run.yaml", RecipeKeys.SPECIMEN));
        RecipeTree changed = Overrides.fromCommandLine(given, List.of(dotted + "=" + value));
        if (VALIDATOR.validate(changed.root()).isEmpty()) {
          continue;
        }
        refused++;
        for (Command command : Command.values()) {
          assertTrue(
              refuses(command, dotted + "=" + value), command + " takes " + dotted + "=" + value);
        }
      }
    }
    assertTrue(refused > 500, "only " + refused + " were refused");
  }

  private static boolean refuses(Command command, String set) {
    try {
      RecipeSource specimen = new RecipeSource("run.yaml", RecipeKeys.SPECIMEN);
      Recipe.resolve(command, specimen, Map.of(), List.of(set), NetworkKind.Lookup.PLAIN);
      return false;
    } catch (FipException e) {
      return true;
    }
  }
}
