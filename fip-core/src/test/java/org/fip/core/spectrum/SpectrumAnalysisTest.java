package org.fip.core.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.core.safetensors.TensorSource;
import org.fip.core.storage.LocalFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against dense eigenvalues of matrices with known spectra. */
class SpectrumAnalysisTest {
  private static final int SIDE = 150;
  private static final int TOP = 10;
  private static final long ON_HEAP = Long.MAX_VALUE;

  @TempDir private Path folder;

  /** Spectra that are hard for a Krylov space, each in its own way. */
  private enum Shape {
    GEOMETRIC,
    HARMONIC,
    STEEP,
    NEARLY_FLAT,
    CLUSTERED,
    ALONE,
    DEGENERATE,
    IDENTITY,
    LOW_RANK,
    LOW_RANK_DEGENERATE;

    double eigenvalue(int i) {
      return switch (this) {
        case GEOMETRIC -> Math.pow(0.7, i);
        case HARMONIC -> 1.0 / (1 + i);
        case STEEP -> Math.pow(10, -0.5 * i);
        case NEARLY_FLAT -> 1 - 1e-3 * i;
        case CLUSTERED -> (i < 15 ? 1 : 0.1) * (1 + 1e-5 * (i % 7));
        case ALONE -> i == 0 ? 1000 : Math.pow(0.95, i);
        case DEGENERATE -> i < 4 ? 5 : i < 9 ? 3 : i < 12 ? 2 : Math.pow(0.9, i);
        case IDENTITY -> 1;
        case LOW_RANK -> i < 25 ? 25 - i : 0;
        case LOW_RANK_DEGENERATE -> i < 6 ? 2 : i < 12 ? 1 : 0;
      };
    }

    DenseOperator matrix(long seed) {
      return DenseOperator.of(spectrum(SIDE, this::eigenvalue), new Random(seed));
    }
  }

  private static double[] spectrum(int side, IntToDoubleFunction eigenvalue) {
    return IntStream.range(0, side).mapToDouble(eigenvalue).toArray();
  }

  private static SpectrumSettings settings(int top, int probes, long seed) {
    return new SpectrumSettings(top, 1e-6, probes, 1e-3, seed, ON_HEAP);
  }

  private static Spectrum analyse(DenseOperator matrix, SpectrumSettings settings) {
    try (SpectrumAnalysis analysis =
        new SpectrumAnalysis(matrix, tensors(matrix.dimension()), settings)) {
      return analysis.run(SpectrumListener.NONE);
    }
  }

  private static List<FlatTensor> tensors(int side) {
    int first = side / 3;
    int second = side / 5;
    return List.of(
        new FlatTensor("a.weight", List.of((long) first), 0, first),
        new FlatTensor("a.bias", List.of((long) second), first, second),
        new FlatTensor(
            "b.weight",
            List.of((long) side - first - second),
            first + second,
            side - first - second));
  }

  private static double[] values(Spectrum spectrum) {
    return spectrum.eigenvalues().stream().mapToDouble(Eigenvalue::value).toArray();
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void largestEigenvaluesAreThoseOfTheDenseMatrix(Shape shape) {
    for (long seed = 1; seed <= 5; seed++) {
      DenseOperator matrix = shape.matrix(seed);
      Spectrum spectrum = analyse(matrix, settings(TOP, 2, seed));
      double[] expected = matrix.eigenvalues();
      double[] actual = values(spectrum);
      assertEquals(TOP, actual.length, shape + ", seed " + seed);
      double worst = 0;
      for (int i = 0; i < TOP; i++) {
        worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / expected[i]);
      }
      System.out.printf(
          Locale.ROOT,
          "%-20s %4d products, error %.1e%n",
          shape,
          matrix.products() - 2 - TOP,
          worst);
      assertTrue(worst < 1e-6, shape + ", seed " + seed + ": relative error " + worst);
      assertTrue(spectrum.converged(), shape + ", seed " + seed);
    }
  }

  @Test
  void fewerEigenvaluesThanAskedForWhenThereAreNoMore() {
    DenseOperator matrix = DenseOperator.of(spectrum(SIDE, i -> i < 3 ? 3 - i : 0), new Random(1));
    Spectrum spectrum = analyse(matrix, settings(TOP, 2, 1));
    assertArrayEquals(new double[] {3, 2, 1}, values(spectrum), 1e-6);
    assertTrue(spectrum.converged());
    assertTrue(spectrum.complete());
    assertEquals(6, spectrum.trace().value(), 1e-5);
    assertEquals(0, spectrum.trace().standardError(), 1e-5);
    assertEquals(36.0 / 14, spectrum.effectiveRank().value(), 1e-5);
    assertTrue(spectrum.flatness().exact());
    assertEquals(3, spectrum.flatness().aboveAtLeast());
    assertTrue(matrix.products() < 30, "products: " + matrix.products());
  }

  @Test
  void noEigenvaluesOfZero() {
    Spectrum spectrum =
        analyse(DenseOperator.of(new double[SIDE], new Random(1)), settings(5, 2, 1));
    assertTrue(spectrum.eigenvalues().isEmpty());
    assertTrue(spectrum.complete());
    assertEquals(new Estimate(0, 0), spectrum.trace());
    assertTrue(Double.isNaN(spectrum.effectiveRank().value()));
    assertEquals(1, spectrum.flatness().shareBelowAtLeast());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 12})
  void allEigenvaluesOfASmallMatrix(int side) {
    DenseOperator matrix = DenseOperator.of(spectrum(side, i -> 1 + i % 3), new Random(side));
    Spectrum spectrum = analyse(matrix, settings(20, 2, 1));
    assertArrayEquals(matrix.eigenvalues(), values(spectrum), 1e-6);
    assertTrue(spectrum.complete());
  }

  @Test
  void asksForNoMoreThanTheRankAllows() {
    DenseOperator matrix = Shape.LOW_RANK.matrix(1).withRankBound(4);
    assertEquals(4, values(analyse(matrix, settings(TOP, 2, 1))).length);
  }

  @Test
  void anotherSeedFindsTheSameAndTheSameSeedTheSameBits() {
    DenseOperator matrix = Shape.HARMONIC.matrix(1);
    Spectrum one = analyse(matrix, settings(TOP, 4, 1));
    assertEquals(one, analyse(matrix, settings(TOP, 4, 1)));
    Spectrum other = analyse(matrix, settings(TOP, 4, 2));
    assertArrayEquals(values(one), values(other), 1e-6);
    assertFalse(one.trace().value() == other.trace().value());
  }

  @Test
  void aBasisInAFileGivesTheSameBits() {
    DenseOperator matrix = Shape.CLUSTERED.matrix(3);
    SpectrumSettings inFile = new SpectrumSettings(TOP, 1e-6, 4, 1e-3, 1, 0);
    assertEquals(analyse(matrix, settings(TOP, 4, 1)), analyse(matrix, inFile));
  }

  @Test
  void tracesLieWithinTheirStandardErrors() {
    int trials = 200;
    DenseOperator matrix =
        DenseOperator.of(spectrum(60, i -> 1 / (1.0 + i * i) + 0.05), new Random(5));
    double[] exact = matrix.eigenvalues();
    double trace = Arrays.stream(exact).sum();
    double squared = Arrays.stream(exact).map(value -> value * value).sum();
    double[] diagonals = new double[3];
    List<FlatTensor> tensors = tensors(60);
    for (int t = 0; t < 3; t++) {
      for (int i = 0; i < tensors.get(t).length(); i++) {
        int p = tensors.get(t).offset() + i;
        diagonals[t] += matrix.entry(p, p);
      }
    }
    ZScores scores = new ZScores();
    for (int trial = 0; trial < trials; trial++) {
      Spectrum spectrum = analyse(matrix, settings(3, 40, trial));
      scores.add("trace", spectrum.trace(), trace);
      scores.add("squared trace", spectrum.squaredTrace(), squared);
      scores.add("effective rank", spectrum.effectiveRank(), trace * trace / squared);
      for (int t = 0; t < 3; t++) {
        scores.add("tensor " + t, spectrum.tensors().get(t).trace(), diagonals[t]);
        scores.add("share " + t, spectrum.tensors().get(t).share(), diagonals[t] / trace);
      }
      scores.add("layer", spectrum.layers().get(0).share(), (diagonals[0] + diagonals[1]) / trace);
    }
    scores.assertStandardNormal();
  }

  @Test
  void sharesAddUp() {
    Spectrum spectrum = analyse(Shape.HARMONIC.matrix(1), settings(3, 8, 1));
    assertEquals(List.of("a", "b"), spectrum.layers().stream().map(TraceShare::name).toList());
    assertEquals(
        spectrum.trace().value(),
        spectrum.tensors().stream().mapToDouble(part -> part.trace().value()).sum(),
        1e-7);
    assertEquals(
        1, spectrum.layers().stream().mapToDouble(part -> part.share().value()).sum(), 1e-7);
    assertEquals(SIDE, spectrum.layers().stream().mapToInt(TraceShare::parameters).sum());
  }

  @Test
  void theEigenpairsTakeTheirPartOfTheErrorOfTheTrace() {
    DenseOperator matrix = Shape.ALONE.matrix(1);
    double without = analyse(matrix, settings(1, 8, 1)).trace().standardError();
    double with = analyse(matrix, settings(TOP, 8, 1)).trace().standardError();
    assertTrue(with < without && without < 2, with + " and " + without);
  }

  @Test
  void countsOfFlatDirectionsAreBounds() {
    for (Shape shape : Shape.values()) {
      DenseOperator matrix = shape.matrix(2);
      double[] all = matrix.eigenvalues();
      for (double threshold : new double[] {1e-3, 0.03, 0.5}) {
        // Clear of the eigenvalues: which side equality falls on is rounding.
        double limit = threshold * 1.00003;
        long above = Arrays.stream(all).filter(value -> value >= limit * all[0]).count();
        Flatness flatness =
            analyse(matrix, new SpectrumSettings(TOP, 1e-6, 16, limit, 1, ON_HEAP)).flatness();
        assertTrue(
            flatness.aboveAtLeast() <= above && above <= flatness.aboveAtMost(),
            shape + " at " + threshold + ": " + above + " is outside " + flatness);
        assertEquals(flatness.exact(), flatness.aboveAtLeast() == flatness.aboveAtMost());
        if (above < TOP) {
          assertTrue(flatness.exact(), shape + " at " + threshold + ": " + flatness);
        }
        assertEquals(1 - (double) flatness.aboveAtLeast() / SIDE, flatness.shareBelowAtMost());
      }
    }
  }

  @Test
  void eigenvectorsAreWrittenWithTheirValuesAndPlaces() throws IOException {
    DenseOperator matrix = Shape.DEGENERATE.matrix(1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Spectrum spectrum;
    try (SpectrumAnalysis analysis =
        new SpectrumAnalysis(matrix, tensors(SIDE), settings(TOP, 2, 1))) {
      spectrum = analysis.run(SpectrumListener.NONE);
      analysis.writeEigenvectors(bytes, Map.of("metric", "euclidean"));
    }
    Files.write(folder.resolve("v.safetensors"), bytes.toByteArray());
    try (TensorSource written =
        SafetensorsReader.open(new LocalFolder(folder).openRandom("v.safetensors"), "v")) {
      assertEquals("euclidean", written.metadata().get("metric"));
      assertTrue(
          written
              .metadata()
              .get("tensors")
              .contains("{\"name\":\"a.bias\",\"shape\":[30],\"offset\":50,\"length\":30}"),
          written.metadata().get("tensors"));
      assertArrayEquals(values(spectrum), written.readDoubles(written.get("eigenvalues")));
      for (int i = 0; i < TOP; i++) {
        float[] y = new float[SIDE];
        assertEquals(ElementType.F32, written.get("eigenvector." + i).type());
        written.readFloats(written.get("eigenvector." + i), y, 0);
        assertEquals(1, Basis.dot(y, y), 1e-6);
        double residual = 0;
        float[] product = matrix.product(y);
        for (int p = 0; p < SIDE; p++) {
          residual += Math.pow(product[p] - values(spectrum)[i] * y[p], 2);
        }
        assertEquals(0, Math.sqrt(residual), 1e-5);
      }
    }
  }

  @Test
  void productsThatAreNotFiniteAreRefused() {
    PositiveOperator overflowing =
        new PositiveOperator() {
          @Override
          public int dimension() {
            return 4;
          }

          @Override
          public long rankBound() {
            return 4;
          }

          @Override
          public float[] product(float[] v) {
            return new float[] {1, Float.NaN, 0, 0};
          }

          @Override
          public double form(float[] v) {
            return Double.NaN;
          }
        };
    try (SpectrumAnalysis analysis =
        new SpectrumAnalysis(overflowing, List.of(), settings(1, 2, 1))) {
      FipException failure =
          assertThrows(FipException.class, () -> analysis.run(SpectrumListener.NONE));
      assertEquals(Category.DATA, failure.category());
    }
  }
}
