package org.fip.core.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for vectors on the heap and in a file. */
class BasisTest {
  private static final int VECTORS = 5;

  @TempDir private Path folder;

  private enum Place {
    HEAP,
    FILE
  }

  private Basis open(Place place, int length) {
    return new Basis(
        place == Place.HEAP
            ? new HeapVectors(length, VECTORS)
            : new FileVectors(length, VECTORS, folder));
  }

  private static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** Fills the basis with orthonormal vectors. */
  private static void fill(Basis basis) {
    for (int i = 0; i < VECTORS; i++) {
      float[] w = random(basis.length(), i);
      basis.orthogonalise(i, w);
      basis.put(i, w, 1 / Math.sqrt(Basis.dot(w, w)));
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAP, 7", "FILE, 7", "HEAP, 16384", "FILE, 16384", "HEAP, 50001", "FILE, 50001"})
  void vectorsComeBackAndAreOrthonormal(Place place, int length) {
    try (Basis basis = open(place, length)) {
      float[] w = random(length, 99);
      float[] doubled = w.clone();
      for (int i = 0; i < length; i++) {
        doubled[i] *= 2;
      }
      basis.put(3, w, 2);
      float[] back = new float[length];
      basis.get(3, back);
      assertArrayEquals(doubled, back);
      assertArrayEquals(doubled, w);
      fill(basis);
      for (int i = 0; i < VECTORS; i++) {
        basis.get(i, back);
        double[] coordinates = basis.coordinates(VECTORS, back);
        for (int j = 0; j < VECTORS; j++) {
          assertEquals(i == j ? 1 : 0, coordinates[j], 2e-7, i + " and " + j);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAP, 5000", "FILE, 5000", "HEAP, 40000", "FILE, 40000"})
  void whatIsOrthogonalisedIsTheSumOfItsParts(Place place, int length) {
    try (Basis basis = open(place, length)) {
      fill(basis);
      float[] w = random(length, 50);
      float[] rest = w.clone();
      double[] coordinates = basis.orthogonalise(VECTORS, rest);
      for (double left : basis.coordinates(VECTORS, rest)) {
        assertEquals(0, left, 1e-6);
      }
      float[] again = w.clone();
      basis.subtract(coordinates, again);
      double difference = 0;
      for (int i = 0; i < length; i++) {
        difference = Math.max(difference, Math.abs(again[i] - rest[i]));
      }
      assertEquals(0, difference, 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAP, 300", "FILE, 300", "HEAP, 40000", "FILE, 40000"})
  void rotationCombinesVectors(Place place, int length) {
    try (Basis basis = open(place, length)) {
      fill(basis);
      float[][] before = new float[VECTORS][length];
      for (int i = 0; i < VECTORS; i++) {
        basis.get(i, before[i]);
      }
      basis.rotate(new double[][] {{0, 0, 0.5, 0}, {1, 0, 0, -2}});
      float[] actual = new float[length];
      basis.get(0, actual);
      for (int i = 0; i < length; i++) {
        assertEquals(0.5 * before[2][i], actual[i], 1e-6);
      }
      basis.get(1, actual);
      for (int i = 0; i < length; i++) {
        assertEquals(before[0][i] - 2.0 * before[3][i], actual[i], 1e-6);
      }
      basis.get(4, actual);
      assertArrayEquals(before[4], actual);
    }
  }

  @Test
  void theFileHasNoNameWhileItIsInUse() throws IOException {
    try (Basis basis = open(Place.FILE, 40_000)) {
      fill(basis);
      try (Stream<Path> left = Files.list(folder)) {
        assertEquals(0, left.count());
      }
    }
  }

  @Test
  void theLimitDecidesWhereVectorsLive() {
    try (VectorStore heap = VectorStore.of(1000, 5, 20_000);
        VectorStore file = VectorStore.of(1000, 5, 19_999)) {
      assertTrue(heap instanceof HeapVectors);
      assertTrue(file instanceof FileVectors);
    }
  }

  @Test
  void lackOfSpaceIsAFailureOfStorage() {
    FipException failure =
        assertThrows(FipException.class, () -> new FileVectors(Integer.MAX_VALUE, 1 << 30, folder));
    assertEquals(Category.STORAGE, failure.category());
    assertTrue(failure.getMessage().startsWith(folder + ": no room"), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
    FipException absent =
        assertThrows(FipException.class, () -> new FileVectors(8, 1, folder.resolve("absent")));
    assertEquals(Category.STORAGE, absent.category());
  }
}
