package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fip.spark.files.Roots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every command does with paths outside of {@code spark.fip.roots}. */
class RootsTest {
  @TempDir private static Path folder;
  private static Path inside;
  private static Path outside;
  private static List<Path> before;

  @BeforeAll
  static void makeFolders() throws IOException {
    inside = Files.createDirectories(folder.resolve("inside"));
    outside = Files.createDirectories(folder.resolve("outside"));
    for (Path place : List.of(inside, outside)) {
      SampleNetwork.save(SampleNetwork.random(), place.resolve("net"));
      Files.writeString(place.resolve("rows.csv"), "text,label\na,0\nb,1\n");
      Files.write(place.resolve("in.safetensors"), new byte[8]);
    }
    adapt("output=" + inside.resolve("path")).assertOk();
    adapt("output=" + outside.resolve("path")).assertOk();
    before = files(outside);
  }

  @BeforeEach
  void setRoots() {
    System.setProperty(Roots.SETTING, inside + ", hdfs://elsewhere/data, hdfs://127.0.0.1:1/data");
  }

  @AfterEach
  void forgetRoots() throws IOException {
    System.clearProperty(Roots.SETTING);
    assertEquals(before, files(outside));
  }

  @Test
  void whatIsInsideWorks() {
    adapt("output=" + inside.resolve("path")).assertOk();
    adapt("output=" + inside + "/x/../path2").assertOk();
    CommandLineRun.of("paths", "verify", inside.resolve("path").toString()).assertOk();
    CommandLineRun.of("import", inside + "/rows.csv", "--out", inside + "/rows").assertOk();
    CommandLineRun.of("export", "--store", inside + "/path", "--out", inside + "/net2").assertOk();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evaluate --network OUT/net --data builtin:digits",
        "evaluate --network IN/net --data OUT",
        "spectrum --network OUT/net --data builtin:digits",
        "spectrum --network IN/net --data OUT",
        "linearize --network OUT/net --inputs IN/in.safetensors --out IN/o.safetensors",
        "linearize --network IN/net --inputs OUT/in.safetensors --out IN/o.safetensors",
        "linearize --network IN/net --inputs IN/in.safetensors --out OUT/o.safetensors",
        "import OUT/rows.csv --out IN/rows",
        "import IN/rows.csv --out OUT/rows",
        "import IN/rows.csv --out IN/../outside/rows",
        "import IN/rows.csv --out IN --force",
        "export --store OUT/path --out IN/e",
        "export --store IN/path --out OUT/e",
        "report OUT/path --out IN/r.html",
        "report IN/path OUT/path --out IN/r.html",
        "report IN/path --out OUT/r.html",
        "paths list OUT",
        "paths show OUT/path",
        "paths verify OUT/path",
        "paths show hdfs://127.0.0.1:1/database",
        "paths show hdfs://127.0.0.1:1/data/../other",
        "paths show hdfs://127.0.0.1:2/data",
        "paths show webhdfs://127.0.0.1:1/data"
      })
  void optionsAreRefused(String words) {
    assertRefused(CommandLineRun.of(words(words)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "network=OUT/net",
        "output=OUT/p",
        "output=IN/../outside/p",
        "output=IN/./x/../../outside/p",
        "output=file:OUT/p",
        "keep.0.path=OUT",
        "tasks.0.train.path=OUT",
        "evaluate.new.path=OUT"
      })
  void valuesOfARecipeAreRefused(String set) {
    String[] words = words(set);
    assertRefused(adapt("output=" + inside.resolve("new"), words[0]));
    if (!set.startsWith("output")) {
      assertTrue(Files.notExists(inside.resolve("new")), "nothing was written");
    }
  }

  @Test
  void otherJobsRefuseTheirOutputToo() {
    String[] train = {"train", "--set", "output=" + outside + "/p", "--set"};
    assertRefused(
        CommandLineRun.ofJob(
            Stream.concat(
                    Stream.of(train),
                    Stream.of(
                        "network=" + inside.resolve("net"),
                        "--set",
                        "tasks=[{name: a, train: {path: 'builtin:digits'}}]"))
                .toArray(String[]::new)));
    assertRefused(
        CommandLineRun.ofJob(
            "sparsify",
            "--set",
            "network=" + inside.resolve("net"),
            "--set",
            "output=" + outside + "/p",
            "--set",
            "keep=[{path: 'builtin:digits'}]"));
    assertRefused(CommandLineRun.ofJob("demo", "--out", outside + "/demo"));
  }

  @Test
  void doctorRefusesAFolder() {
    Console console =
        new Console(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
            System.err,
            false);
    try (Session session = new Session("doctor", new StandardBackend(), console);
        StorageCheck check = new StorageCheck(outside.toString(), session)) {
      assertEquals(Check.Status.FAILED, check.result().status());
      assertTrue(check.result().detail().contains(Roots.SETTING), check.result().detail());
    }
  }

  @Test
  void linksThatLeadOutsideAreFollowedByNobody() throws IOException {
    Path link = Files.createSymbolicLink(inside.resolve("link"), outside);
    assertRefused(adapt("output=" + link.resolve("p")));
    assertRefused(adapt("output=" + inside.resolve("q"), "network=" + link.resolve("net")));
    Path network = SampleNetwork.save(SampleNetwork.random(), inside.resolve("linked"));
    for (String name : List.of("model.safetensors", "preprocessor_config.json", "config.json")) {
      Files.delete(network.resolve(name));
      Files.createSymbolicLink(network.resolve(name), outside.resolve("net").resolve(name));
      assertRefused(
          CommandLineRun.of(
              "evaluate", "--network", network.toString(), "--data", "builtin:digits"));
    }
    Path data = Files.createDirectories(inside.resolve("data"));
    Files.createSymbolicLink(data.resolve("test.parquet"), outside.resolve("rows.csv"));
    assertRefused(
        CommandLineRun.of("evaluate", "--network", inside + "/net", "--data", data.toString()));
    Path photos = Files.createDirectories(inside.resolve("photos"));
    Files.createSymbolicLink(photos.resolve("cats"), outside);
    assertRefused(CommandLineRun.of("import", photos.toString(), "--out", inside + "/photos.out"));
  }

  @Test
  void aStoreWhoseWaypointsAreALinkOutsideIsNotWritten() throws IOException {
    Path store = inside.resolve("torn");
    adapt("output=" + store).assertOk();
    Files.move(store.resolve("waypoints"), inside.resolve("aside"));
    Files.createSymbolicLink(store.resolve("waypoints"), outside);
    assertRefused(adapt("output=" + store));
  }

  @Test
  void namesThatOnlyLookEncodedAreNames() {
    adapt("output=" + inside + "/%2e%2e/p").assertOk();
    assertTrue(Files.isDirectory(inside.resolve("%2e%2e/p/network")));
    CommandLineRun none = CommandLineRun.of("paths", "show", inside + "/*");
    assertEquals(66, none.exitCode(), none.err());
  }

  @Test
  void theSettingIsNoKeyOfARecipe() {
    CommandLineRun run = adapt("output=" + outside.resolve("p"), "roots=/");
    assertEquals(65, run.exitCode(), run.err());
    assertTrue(run.err().contains("roots"), run.err());
  }

  @Test
  void aSettingWithoutAPathIsRefused() {
    System.setProperty(Roots.SETTING, inside + ",");
    CommandLineRun run = CommandLineRun.of("paths", "show", inside.resolve("path").toString());
    assertEquals(78, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  private static void assertRefused(CommandLineRun run) {
    assertEquals(65, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("is outside of what spark.fip.roots allows"), run.err());
  }

  private static String[] words(String line) {
    return Stream.of(line.split(" ", -1))
        .map(word -> word.replace("OUT", outside.toString()).replace("IN", inside.toString()))
        .toArray(String[]::new);
  }

  private static CommandLineRun adapt(String... sets) {
    List<String> words = new ArrayList<>(List.of("adapt"));
    List<String> all =
        new ArrayList<>(
            List.of(
                "network=" + inside.resolve("net"),
                "keep=[{path: 'builtin:digits', labels: [0, 1], limit: 8}]",
                "tasks=[{name: new, train: {path: 'builtin:digits', labels: [5, 6], limit: 8}}]",
                "evaluate={new: {path: 'builtin:digits', split: test, limit: 8}}",
                "path={steps: 1, batch: 4, anchorBatch: 4, checkpointEvery: 1, shards: 1}"));
    all.addAll(List.of(sets));
    all.forEach(set -> words.addAll(List.of("--set", set)));
    words.add("--json");
    return CommandLineRun.ofJob(words.toArray(String[]::new));
  }

  private static List<Path> files(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      return files.sorted().toList();
    }
  }
}
