package org.fip.spark.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeSourceTest {
  private final Configuration configuration = new Configuration();

  @Test
  void readsAFileOfAHadoopFileSystem(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), "seed: 5 # ü\n");
    RecipeSource source = RecipeSource.read(file.toUri().toString(), configuration);
    assertEquals("seed: 5 # ü\n", source.text());
    assertEquals(file.toUri().toString(), source.name());
  }

  @Test
  void aMissingFileIsNotFound(@TempDir Path folder) {
    String path = folder.resolve("none.yaml").toString();
    FipException e = assertThrows(FipException.class, () -> RecipeSource.read(path, configuration));
    assertEquals(FipException.Category.NOT_FOUND, e.category());
    assertEquals(
        "recipe %s does not exist (looked at file:%s); check the path".formatted(path, path),
        e.getMessage());
  }

  @Test
  void aFolderIsNoRecipe(@TempDir Path folder) {
    FipException e =
        assertThrows(FipException.class, () -> RecipeSource.read(folder.toString(), configuration));
    assertTrue(e.getMessage().startsWith("recipe " + folder), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void binaryAndEndlessFilesAreRefused() {
    byte[] binary = {(byte) 0xff, (byte) 0xfe, 0};
    assertEquals(
        "x.yaml: not UTF-8 text; save it as UTF-8",
        assertThrows(
                FipException.class,
                () -> RecipeSource.read("x.yaml", new ByteArrayInputStream(binary)))
            .getMessage());
    assertEquals(
        "x.yaml: larger than 1048576 bytes; this is not a recipe",
        assertThrows(
                FipException.class,
                () -> RecipeSource.read("x.yaml", new ByteArrayInputStream(new byte[1 << 21])))
            .getMessage());
  }

  @Test
  void textWithControlCharactersIsNotYaml() {
    assertEquals(
        "run.yaml: not YAML: the character U+0000 at position 6 is not allowed; remove it",
        assertThrows(FipException.class, () -> Recipes.resolve(Command.ADAPT, "seed: \u0000"))
            .getMessage());
  }

  @Test
  void relativePathsBelongToTheDefaultFileSystem(@TempDir Path folder) {
    assertEquals(
        "file:" + Path.of("data/x").toAbsolutePath(),
        RecipePaths.resolve("keep.0.path", "data/x", configuration).toString());
    assertEquals(
        "file:" + folder,
        RecipePaths.resolve("output", "file://" + folder, configuration).toString());
  }

  @Test
  void pathsThatCannotBeUsedAreNamed() {
    for (String path : new String[] {" ", "a\nb", "nosuchscheme://h/x", ":x"}) {
      FipException e =
          assertThrows(
              FipException.class, () -> RecipePaths.resolve("output", path, configuration), path);
      assertEquals(FipException.Category.DATA, e.category());
      assertTrue(e.getMessage().startsWith("output: \""), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }
}
