package com.example.fip;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.zip.GZIPInputStream;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;

/** Handwritten digits from a file of UCI's: 64 pixels from 0 to 16 and the label in each row. */
final class Digits {
  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);

  private final List<int[]> rows = new ArrayList<>();
  private final String source;

  Digits(Path file) throws IOException {
    source = file.toString();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      reader
          .lines()
          .forEach(
              line ->
                  rows.add(Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray()));
    }
  }

  /** Every {@code every}-th digit of these classes. */
  EncodedExamples select(IntPredicate classes, int every) {
    List<int[]> chosen = rows.stream().filter(row -> classes.test(row[SHAPE.pixels()])).toList();
    int count = chosen.size() / every;
    byte[][] pixels = new byte[count][SHAPE.pixels()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int[] row = chosen.get(i * every);
      for (int pixel = 0; pixel < pixels[i].length; pixel++) {
        pixels[i][pixel] = (byte) row[pixel];
      }
      labels[i] = row[SHAPE.pixels()];
    }
    return EncodedExamples.pixels(SHAPE, pixels, labels, source);
  }
}
