package org.fip.core.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.fip.core.FipException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalFolderTest {
  @TempDir Path temporary;
  private LocalFolder folder;

  @BeforeEach
  void openFolder() {
    folder = new LocalFolder(temporary.resolve("a/b"));
  }

  @Test
  void folderThatIsMissingIsEmptyAndIsMadeByTheFirstFile() throws IOException {
    assertEquals(List.of(), folder.names());
    assertFalse(folder.exists("x"));
    write("x", new byte[] {1});
    assertEquals(List.of("x"), folder.names());
    assertTrue(folder.exists("x"));
  }

  @Test
  void writtenBytesAreReadBackFromTheStartAndFromAnyPosition() throws IOException {
    byte[] content = new byte[200_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31);
    }
    write("data", content);
    try (InputStream in = folder.open("data")) {
      assertArrayEquals(content, in.readAllBytes());
    }
    try (RandomAccessReader file = folder.openRandom("data")) {
      assertEquals(content.length, file.size());
      byte[] part = new byte[12];
      file.readFully(150_001, part, 2, 9);
      for (int i = 0; i < 9; i++) {
        assertEquals(content[150_001 + i], part[2 + i]);
      }
      assertThrows(EOFException.class, () -> file.readFully(199_995, part, 0, 6));
    }
  }

  @Test
  void creatingAgainReplacesTheFile() throws IOException {
    write("x", new byte[] {1, 2, 3});
    write("x", new byte[] {4});
    try (InputStream in = folder.open("x")) {
      assertArrayEquals(new byte[] {4}, in.readAllBytes());
    }
  }

  @Test
  void namesAreSortedAndLeaveOutSubfolders() throws IOException {
    write("b", new byte[0]);
    write("a", new byte[0]);
    Files.createDirectory(temporary.resolve("a/b/c"));
    assertEquals(List.of("a", "b"), folder.names());
    assertFalse(folder.exists("c"));
  }

  @Test
  void missingFileIsReportedByName() {
    IOException failure = assertThrows(NoSuchFileException.class, () -> folder.open("none"));
    assertTrue(failure.getMessage().endsWith("none"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", "a\0b", "a\nb"})
  void nameThatIsNotAPlainFileNameIsRefused(String name) {
    for (FileUse use : List.<FileUse>of(folder::open, folder::openRandom, folder::create)) {
      FipException failure = assertThrows(FipException.class, () -> use.apply(name));
      assertEquals(FipException.Category.DATA, failure.category());
      assertEquals(1, failure.getMessage().lines().count());
    }
    assertThrows(FipException.class, () -> folder.exists(name));
  }

  private void write(String name, byte[] content) throws IOException {
    try (OutputStream out = folder.create(name)) {
      out.write(content);
    }
  }

  private interface FileUse {
    Object apply(String name) throws IOException;
  }
}
