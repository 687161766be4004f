package org.fip.core.manifold;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Random;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageShape;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;

/** A network small enough for dense checks, and images for it. */
final class TinyNetwork {
  static final int CLASSES = 4;
  static final ImageShape SHAPE = new ImageShape(1, 3, 4);

  private static final String CONFIG =
      """
      {"architectures": ["LeNet300100"], "input_shape": [1, 3, 4], "hidden_sizes": [7, 5],
       "hidden_act": "tanh", "num_labels": 4}
      """;

  private static final String PREPROCESSOR =
      """
      {"do_resize": false, "do_rescale": true, "rescale_factor": 0.00390625, "do_normalize": false}
      """;

  private TinyNetwork() {}

  static Network network(long seed) {
    ObjectMapper json = new ObjectMapper();
    try {
      NetworkConfig config = new NetworkConfig(json.readTree(CONFIG), "tiny/config.json");
      return Network.initialize(config, json.readTree(PREPROCESSOR), seed);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Random images whose first two pixels are their row, and whose label is one of the classes. */
  static EncodedExamples images(String name, int count, long seed) {
    return images(name, count, CLASSES, seed);
  }

  static EncodedExamples images(String name, int count, int classes, long seed) {
    Random random = new Random(seed);
    int[] labels = new int[classes == 0 ? 0 : count];
    int[] rows = new int[count];
    byte[][] pixels = new byte[count][SHAPE.pixels()];
    for (int row = 0; row < count; row++) {
      random.nextBytes(pixels[row]);
      pixels[row][0] = (byte) row;
      pixels[row][1] = (byte) (row >> 8);
      rows[row] = row;
      if (classes > 0) {
        labels[row] = (row + pixels[row][2]) & 0xFF;
        labels[row] %= classes;
      }
    }
    return EncodedExamples.pixels(SHAPE, pixels, labels, rows, name);
  }

  /** The row that an image of {@link #images} says it is, from its preprocessed pixels. */
  static int row(float[] pixels, int from) {
    return Math.round(pixels[from] * 256) + 256 * Math.round(pixels[from + 1] * 256);
  }
}
