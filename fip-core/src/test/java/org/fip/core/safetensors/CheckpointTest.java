package org.fip.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointTest {
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir Path temporary;
  private LocalFolder folder;

  @BeforeEach
  void openFolder() {
    folder = new LocalFolder(temporary);
  }

  @Test
  void shardsAreReadAsOneSetInFileThenDataOrder() throws IOException {
    writeTwoShards();
    writeIndex(Map.of("c", FIRST, "b", FIRST, "a", SECOND));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(
          List.of("c", "b", "a"), checkpoint.tensors().stream().map(TensorInfo::name).toList());
      assertEquals(List.of(FIRST, SECOND), checkpoint.files());
      assertEquals(SECOND, checkpoint.fileOf(checkpoint.get("a")));
      assertEquals(3f, checkpoint.readDoubles(checkpoint.get("a"))[0]);
      float[] target = new float[2];
      checkpoint.readFloats(checkpoint.get("b"), target, 1);
      assertArrayEquals(new float[] {0, 2}, target);
      assertEquals(4, checkpoint.readBytes(checkpoint.get("c")).length);
      assertEquals(Map.of("format", "pt"), checkpoint.metadata());
    }
  }

  @Test
  void singleFileIsTakenBeforeAnIndex() throws IOException {
    write(Checkpoint.FILE, "single", 9);
    writeTwoShards();
    writeIndex(Map.of("c", FIRST, "b", FIRST, "a", SECOND));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(9, checkpoint.readDoubles(checkpoint.get("single"))[0]);
      assertEquals(1, checkpoint.tensors().size());
    }
  }

  @Test
  void folderWithoutWeightsIsNotFound() throws IOException {
    assertFails(FipException.Category.NOT_FOUND, temporary.toString(), Checkpoint.FILE);
    Files.writeString(temporary.resolve("pytorch_model.bin"), "");
    assertFails(FipException.Category.NOT_FOUND, "pickled .bin weights are never read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../other.safetensors", "/etc/passwd", "sub/x.safetensors", "..", ""})
  void indexThatLeavesTheFolderIsRefused(String file) throws IOException {
    writeTwoShards();
    writeIndex(Map.of("a", file));
    assertFails(FipException.Category.DATA, Checkpoint.INDEX, "not a plain file name");
  }

  @Test
  void indexAndShardsThatDisagreeAreRefused() throws IOException {
    writeTwoShards();
    writeIndex(Map.of("c", FIRST, "b", FIRST, "a", FIRST));
    assertFails(FipException.Category.DATA, "tensor 'a'", "none of the shards");
    writeIndex(Map.of("c", FIRST, "b", SECOND, "a", SECOND));
    assertFails(FipException.Category.DATA, "tensor 'b'", SECOND, FIRST);
    writeIndex(Map.of("c", FIRST, "a", SECOND));
    assertFails(FipException.Category.DATA, "tensor 'b'", "missing in " + Checkpoint.INDEX);
    writeIndex(Map.of("c", FIRST, "b", FIRST, "a", "model-00003.safetensors"));
    assertFails(FipException.Category.DATA, "model-00003.safetensors", "missing");
  }

  @Test
  void tensorInTwoShardsIsRefused() throws IOException {
    writeTwoShards();
    write(SECOND, "b", 3);
    writeIndex(Map.of("c", FIRST, "b", SECOND));
    assertFails(FipException.Category.DATA, "tensor 'b'", FIRST, SECOND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"weight_map\":{}}", "{\"weight_map\":[1]}"})
  void brokenIndexIsRefused(String text) throws IOException {
    Files.writeString(temporary.resolve(Checkpoint.INDEX), text);
    assertFails(FipException.Category.DATA, temporary.toString(), Checkpoint.INDEX);
  }

  @Test
  void damagedShardIsNamed() throws IOException {
    writeTwoShards();
    writeIndex(Map.of("c", FIRST, "b", FIRST, "a", SECOND));
    Files.writeString(temporary.resolve(SECOND), "{");
    assertFails(FipException.Category.DATA, SECOND, "too few");
  }

  private void assertFails(FipException.Category category, String... parts) {
    FipException failure = assertThrows(FipException.class, () -> Checkpoint.open(folder).close());
    String message = failure.getMessage();
    assertEquals(category, failure.category(), message);
    assertEquals(1, message.lines().count(), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  private void writeTwoShards() throws IOException {
    try (OutputStream out = folder.create(FIRST)) {
      new SafetensorsWriter(Map.of("format", "pt"))
          .add("c", ElementType.F32, new long[] {1}, new float[] {1}, 0)
          .add("b", ElementType.F32, new long[] {1}, new float[] {2}, 0)
          .writeTo(out);
    }
    write(SECOND, "a", 3);
  }

  private void write(String file, String name, float value) throws IOException {
    try (OutputStream out = folder.create(file)) {
      new SafetensorsWriter(Map.of("format", "pt"))
          .add(name, ElementType.F32, new long[] {1}, new float[] {value}, 0)
          .writeTo(out);
    }
  }

  private void writeIndex(Map<String, String> files) throws IOException {
    StringBuilder map = new StringBuilder();
    files.forEach(
        (tensor, file) ->
            map.append(map.length() == 0 ? "" : ",")
                .append(String.format("\"%s\":\"%s\"", tensor, file)));
    Files.writeString(
        temporary.resolve(Checkpoint.INDEX),
        "{\"metadata\":{\"total_size\":12},\"weight_map\":{" + map + "}}");
  }
}
