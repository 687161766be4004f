package org.fip.spark.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.TextTokenizer;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.storage.LocalFolder;
import org.fip.spark.data.DataFiles;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;

/**
 * A folder laid out as documents say, in which their commands run: small data made of the digits
 * that are built in, and small networks with random weights.
 */
final class Scratch {
  private static final Path ROOT =
      Path.of(Launch.property("fip.launcher")).normalize().getParent().getParent();
  private static final int SIDE = 28;
  private static final String PREPROCESSOR =
      """
      {"image_processor_type": "ViTImageProcessor", "do_resize": %s, "size": {"height": 28, "width": 28},
       "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": false}
      """;

  private final Path folder;

  Scratch(Path folder) throws IOException {
    this.folder = folder;
    for (String name : List.of("scripts", "deploy")) {
      Files.createSymbolicLink(folder.resolve(name), ROOT.resolve(name));
    }
  }

  /** The text of a document. */
  static String document(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  /** Digits as idx pairs of 28x28 pixels, each pixel changed as {@code shade} says. */
  void idx(String name, IntUnaryOperator shade) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name));
    for (String split : List.of(DataSelector.TRAIN, DataSelector.TEST)) {
      EncodedExamples digits = digits(split);
      byte[] pixels = new byte[digits.size() * SIDE * SIDE];
      byte[] labels = new byte[digits.size()];
      for (int row = 0; row < digits.size(); row++) {
        labels[row] = (byte) digits.labels()[row];
        for (int place = 0; place < SIDE * SIDE; place++) {
          pixels[row * SIDE * SIDE + place] =
              (byte) shade.applyAsInt(pixel(digits.payload(row), place));
        }
      }
      String prefix = split.equals(DataSelector.TRAIN) ? "train" : "t10k";
      int n = digits.size();
      DataFiles.idx(
          data.resolve(prefix + "-images-idx3-ubyte.gz"), new int[] {n, SIDE, SIDE}, pixels);
      DataFiles.idx(data.resolve(prefix + "-labels-idx1-ubyte.gz"), new int[] {n}, labels);
    }
  }

  private static EncodedExamples digits(String split) {
    return DataSets.read(DataSelector.of("builtin:digits", split), new Configuration());
  }

  /** Of an 8x8 digit with values to 16, three times as large with an edge of two pixels. */
  private static int pixel(byte[] digit, int place) {
    int row = Math.floorDiv(place / SIDE - 2, 3);
    int column = Math.floorDiv(place % SIDE - 2, 3);
    boolean inside = row >= 0 && row < 8 && column >= 0 && column < 8;
    return inside ? Math.min(255, 16 * digit[8 * row + column]) : 0;
  }

  /** Files of the digits with a label, {@code NAME/CLASS/NUMBER.png}. */
  void images(String name, String className, int label) throws IOException {
    Path classFolder = Files.createDirectories(folder.resolve(name).resolve(className));
    EncodedExamples digits = digits(DataSelector.TRAIN);
    for (int row = 0; row < digits.size(); row++) {
      if (digits.labels()[row] == label) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        for (int place = 0; place < SIDE * SIDE; place++) {
          int value = pixel(digits.payload(row), place);
          image.getRaster().setSample(place % SIDE, place / SIDE, 0, value);
        }
        ImageIO.write(image, "png", classFolder.resolve(row + ".png").toFile());
      }
    }
  }

  /** Images as tensors. */
  void inputs(String name) throws IOException {
    float[] pixels = new float[4 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i % 7) / 7f;
    }
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    writer.add("pixel_values", ElementType.F32, new long[] {4, 1, SIDE, SIDE}, pixels, 0);
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      writer.writeTo(out);
    }
  }

  /** Two splits of texts, each class of words of its own. */
  void texts(String name, List<String> wordsOfClasses) throws IOException {
    int classes = wordsOfClasses.size();
    for (String split : List.of(DataSelector.TRAIN, DataSelector.TEST)) {
      DataFiles.parquet(
          folder.resolve(name).resolve(split + ".parquet"),
          DataFiles.TEXTS,
          CompressionCodecName.ZSTD,
          120,
          (row, group) -> {
            group.add("text", wordsOfClasses.get(row % classes) + " .".repeat(row % 5));
            group.add("label", row % classes);
          });
    }
  }

  void lenet(String name) throws IOException {
    network(
        name,
        """
        {"architectures": ["LeNet300100"], "model_type": "lenet-300-100", "input_shape": [1, 28, 28],
         "hidden_sizes": [300, 100], "hidden_act": "relu", "num_labels": 10}
        """,
        json(PREPROCESSOR.formatted("false")));
  }

  void vit(String name) throws IOException {
    network(
        name,
        """
        {"architectures": ["ViTForImageClassification"], "model_type": "vit", "image_size": 28,
         "patch_size": 7, "num_channels": 1, "hidden_size": 16, "num_hidden_layers": 2,
         "num_attention_heads": 2, "intermediate_size": 24, "id2label": {"0": "a", "1": "b"}}
        """,
        json(PREPROCESSOR.formatted("true")));
  }

  void bert(String name) throws IOException {
    network(
        name,
        """
        {"architectures": ["BertForSequenceClassification"], "model_type": "bert",
         "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
         "intermediate_size": 24, "vocab_size": 29, "max_position_embeddings": 16,
         "id2label": {"0": "a", "1": "b", "2": "c", "3": "d"}}
        """,
        null);
    try (InputStream vocabulary = TextTokenizer.class.getResourceAsStream("tokenizer/vocab.txt")) {
      Files.copy(vocabulary, folder.resolve(name).resolve("vocab.txt"));
    }
  }

  private void network(String name, String config, JsonNode preprocessor) throws IOException {
    Network.initialize(new NetworkConfig(json(config), name), preprocessor, 3)
        .save(new LocalFolder(folder.resolve(name)));
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  /** Runs commands in the folder. */
  Finish run(String commands) {
    ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands);
    shell.directory(folder.toFile());
    return Launch.start(shell).finish();
  }

  Path path(String name) {
    return folder.resolve(name);
  }
}
