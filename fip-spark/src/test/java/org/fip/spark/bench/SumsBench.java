package org.fip.spark.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.fip.core.manifold.Partial;
import org.fip.core.manifold.Wire;
import org.fip.spark.allreduce.Group;

/**
 * Sums among ranks that are threads of this process, over loopback sockets, without Spark: for 2, 3
 * and 4 ranks, beside the time in which one socket carries the bytes that all of them send.
 */
public final class SumsBench {
  private SumsBench() {}

  /** Arguments: {@code --sizes} lengths in thousands, {@code --rounds} repetitions. */
  public static void main(String[] arguments) throws Exception {
    Options given = new Options(List.of(arguments));
    int repetitions = given.number("--rounds", 5);
    for (String size : given.several("--sizes", "270,11000")) {
      int length = 1000 * Integer.parseInt(size);
      for (int ranks = 2; ranks <= 4; ranks++) {
        for (Wire wire : Wire.values()) {
          double bandwidth = Loopback.bytesPerSecond();
          double[] seconds = measure(ranks, wire, length, repetitions);
          double ideal = 2.0 * (ranks - 1) * length * wire.bytes() / bandwidth;
          System.out.printf(
              Locale.ROOT,
              "{\"parameters\": %d, \"ranks\": %d, \"wire\": \"%s\", \"seconds\": %.4f,"
                  + " \"leastSeconds\": %.4f, \"idealSeconds\": %.4f, \"ratio\": %.2f}%n",
              length,
              ranks,
              wire,
              seconds[repetitions / 2],
              seconds[0],
              ideal,
              seconds[repetitions / 2] / ideal);
        }
      }
    }
  }

  private static double[] measure(int ranks, Wire wire, int length, int repetitions)
      throws Exception {
    return Group.run(
            ranks,
            wire,
            (rank, sums) -> {
              float[] vector = new float[length];
              double[] seconds = new double[repetitions];
              for (int i = -1; i < repetitions; i++) {
                Arrays.fill(vector, 1e-3f);
                sums.sum(0, Partial.of());
                long begun = System.nanoTime();
                sums.sum(0, new Partial(vector, new double[1]));
                if (i >= 0) {
                  seconds[i] = (System.nanoTime() - begun) / 1e9;
                }
              }
              Arrays.sort(seconds);
              return seconds;
            })
        .get(0);
  }
}
