package org.fip.spark.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.internal.config.ConfigEntry;
import org.fip.spark.allreduce.Ports;
import org.fip.spark.deploy.DeployFiles.Ran;
import org.fip.spark.manifold.Devices;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;
import org.fip.spark.recipe.RecipeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What else is in the folder {@code deploy}, as far as that can be said without its system. */
class DeployTest {
  private static final Set<String> INSTRUCTIONS =
      Set.of("ARG", "FROM", "USER", "COPY", "ENV", "RUN");

  /** The one file in images that the build makes. */
  private static final String JAR = "fip-spark/target/fip-spark.jar";

  static Stream<String> dockerfiles() {
    return Stream.of("deploy/docker/Dockerfile", "deploy/docker/Dockerfile.cuda");
  }

  static Stream<String> recipes() {
    return Stream.of("deploy/recipes", "deploy/recipes/sparsity", "deploy/recipes/continual")
        .flatMap(folder -> DeployFiles.in(folder, ".yaml").stream());
  }

  static Stream<String> scripts() throws IOException {
    List<String> scripts = new ArrayList<>(DeployFiles.in("deploy", ".sh"));
    for (String folder : List.of("scripts", "scripts/spark/bin", ".ci")) {
      DeployFiles.in(folder, "").stream()
          .filter(file -> Files.isRegularFile(DeployFiles.ROOT.resolve(file)))
          .filter(file -> !file.endsWith(".py"))
          .forEach(scripts::add);
    }
    return scripts.stream();
  }

  /** Instructions of a Dockerfile as lists of words, with continued lines joined. */
  private static List<List<String>> instructions(String file) {
    return DeployFiles.read(file)
        .replaceAll("(?m)^#.*\n", "")
        .replace("\\\n", " ")
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> List.of(line.strip().split("\\s+", -1)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void imagesAreMadeOfWhatIsThere(String file) {
    List<List<String>> instructions = instructions(file);
    String ignored = DeployFiles.read(file + ".dockerignore");
    String user = "root";
    for (List<String> words : instructions) {
      assertTrue(INSTRUCTIONS.contains(words.get(0)), words.toString());
      if (words.get(0).equals("COPY")) {
        assertEquals(3, words.size(), words.toString());
        String source = words.get(1);
        assertTrue(source.equals(JAR) || Files.exists(DeployFiles.ROOT.resolve(source)), source);
        assertTrue(ignored.contains("\n!" + source + "\n"), source + " is ignored");
      } else if (words.get(0).equals("USER")) {
        user = words.get(1);
      }
    }
    assertEquals(List.of("FROM", "${SPARK_IMAGE}"), instructions.get(1));
    String version = org.apache.spark.package$.MODULE$.SPARK_VERSION();
    assertTrue(
        instructions.get(0).get(1).contains(":" + version + "-"), instructions.get(0)::toString);
    assertEquals("185", user, "the user that Spark's images run as");
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void recipesResolve(String file) {
    RecipeSource source = new RecipeSource(file, DeployFiles.read(file));
    if (file.contains("chain")) {
      assertEquals(
          3,
          Chain.resolve(source, Map.of(), List.of(), NetworkKind.Lookup.PLAIN).operations().size());
      return;
    }
    Command command =
        file.contains("spars")
            ? Command.SPARSIFY
            : file.contains("diverse")
                ? Command.DIVERSIFY
                : file.contains("robust")
                    ? Command.ROBUSTIFY
                    : file.contains("connect")
                        ? Command.CONNECT
                        : file.endsWith("digits.yaml")
                                || file.contains("train")
                                || file.contains("all")
                                || file.endsWith("-start.yaml")
                            ? Command.TRAIN
                            : Command.ADAPT;
    assertFalse(
        Recipe.resolve(command, source, Map.of(), List.of(), NetworkKind.Lookup.PLAIN)
            .evaluate()
            .isEmpty());
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void scriptsParseAndShellcheckFindsNothing(String file) {
    Ran parsed = DeployFiles.run(Map.of(), "bash", "-n", file);
    assertEquals(0, parsed.exitCode(), parsed.output());
    assertTrue(Files.isExecutable(DeployFiles.ROOT.resolve(file)), file);
    assumeTrue(DeployFiles.hasProgram("shellcheck"), "shellcheck is not installed");
    Ran checked = DeployFiles.run(Map.of(), "shellcheck", file);
    assertEquals(0, checked.exitCode(), checked.output());
  }

  @Test
  void theBenchmarkInPythonParses() {
    assumeTrue(DeployFiles.hasProgram("python3"), "python3 is not installed");
    String file = "scripts/products_in_pytorch.py";
    String check = "import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])";
    Ran parsed = DeployFiles.run(Map.of(), "python3", "-c", check, file);
    assertEquals(0, parsed.exitCode(), parsed.output());
    assertTrue(Files.isExecutable(DeployFiles.ROOT.resolve(file)), file);
  }

  @Test
  void theDagIsPython() {
    assumeTrue(DeployFiles.hasProgram("python3"), "python3 is not installed");
    String check =
        """
        import ast, sys
        tree = ast.parse(open(sys.argv[1]).read(), sys.argv[1])
        print(ast.get_docstring(tree).splitlines()[0])
        print(*[alias.name for node in tree.body if isinstance(node, ast.ImportFrom)
                for alias in node.names])
        """;
    Ran ran = DeployFiles.run(Map.of(), "python3", "-c", check, "deploy/airflow/fip_nightly.py");
    assertEquals(
        """
        Every night the published network learns what the day has brought.
        datetime timedelta DAG SparkSubmitOperator
        """,
        ran.output());
  }

  @Test
  void settingsAreOnesThatSparkKnows() throws IOException {
    Properties properties = new Properties();
    String text =
        DeployFiles.read("deploy/spark-defaults.conf").replaceAll("(?m)^# (?=spark\\.)", "");
    properties.load(new StringReader(text));
    assertTrue(properties.size() > 20, properties.toString());
    // Entries are known once their objects are loaded.
    assertFalse(org.apache.spark.internal.config.package$.MODULE$.DRIVER_MEMORY().key().isEmpty());
    assertFalse(
        org.apache.spark.internal.config.Network$.MODULE$.NETWORK_CRYPTO_ENABLED().key().isEmpty());
    assertFalse(org.apache.spark.internal.config.UI$.MODULE$.UI_ENABLED().key().isEmpty());
    Pattern free =
        Pattern.compile(
            "spark\\.(executorEnv\\..*|metrics\\.conf\\..*|.*\\.resource\\.gpu\\..*|.*\\.defaultJavaOptions|network\\.crypto\\.(cipher|saslFallback)|master)");
    Set<String> own = Set.of(Devices.SETTING, Ports.SETTING);
    for (String key : properties.stringPropertyNames()) {
      assertTrue(
          own.contains(key) || free.matcher(key).matches() || ConfigEntry.findEntry(key) != null,
          key);
    }
  }

  @Test
  void gpusAreThoseThatTheDriverLists(@TempDir Path folder) throws IOException {
    assertEquals(
        "{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\"]}\n", gpus(folder, "echo 0; echo ' 1'"));
    assertEquals("{\"name\":\"gpu\",\"addresses\":[]}\n", gpus(folder, "echo No devices; exit 9"));
    assertEquals(
        "{\"name\":\"gpu\",\"addresses\":[]}\n",
        DeployFiles.run(Map.of("PATH", "/usr/bin:/bin"), "deploy/getGpusResources.sh").output());
  }

  private static String gpus(Path folder, String script) throws IOException {
    Path program = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\n" + script + "\n");
    assertTrue(program.toFile().setExecutable(true));
    Map<String, String> path = Map.of("PATH", folder + ":" + System.getenv("PATH"));
    Ran ran = DeployFiles.run(path, "deploy/getGpusResources.sh");
    assertEquals(0, ran.exitCode(), ran.output());
    return ran.output();
  }
}
