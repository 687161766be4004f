package com.example.fip;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.manifold.Evaluation;
import org.fip.core.manifold.Manifold;
import org.fip.core.manifold.Point;
import org.fip.core.network.Network;
import org.fip.core.network.NetworkConfig;
import org.fip.core.objective.Batch;
import org.fip.core.objective.Term;
import org.fip.core.path.Itinerary;
import org.fip.core.storage.LocalFolder;

/**
 * A network of one's own architecture that is trained with one's own objective to read the digits 0
 * to 4, and then learns 5 to 9 along a functionally invariant path.
 */
public final class OwnNetwork {
  private static final String CONFIG =
      """
      {"architectures": ["ResidualPerceptron"], "image_size": 8, "hidden_size": 64,
       "num_hidden_layers": 2, "num_labels": 5}
      """;

  private static final String PREPROCESSOR =
      """
      {"do_resize": false, "do_rescale": true, "rescale_factor": 0.0625, "do_normalize": false}
      """;

  private OwnNetwork() {}

  /** Arguments: a file of digits such as {@code optdigits.csv.gz}, and a folder to write to. */
  public static void main(String[] arguments) throws IOException {
    Digits digits = new Digits(Path.of(arguments[0]));
    Path out = Path.of(arguments[1]);
    EncodedExamples low = digits.select(label -> label < 5, 1);
    EncodedExamples high = digits.select(label -> label >= 5, 1);
    Network trained = train(low).withClasses(10);
    LocalFolder folder = new LocalFolder(out.resolve("low"));
    trained.save(folder);

    EncodedExamples kept = digits.select(label -> label < 5, 5).withoutLabels();
    float[] direction = trained.weights().clone();
    TenLines.Result result =
        TenLines.run(folder, kept, high, direction, new LocalFolder(out.resolve("all")));
    System.out.printf("largest eigenvalue %.3g%n", result.spectrum().eigenvalues().get(0).value());
    System.out.printf("trace %.3g%n", result.spectrum().trace().value());
    System.out.printf("0 to 4 before %.3f%n", accuracy(trained, low));
    System.out.printf("0 to 4 after %.3f%n", accuracy(result.network(), low));
    System.out.printf("5 to 9 after %.3f%n", accuracy(result.network(), high));
  }

  /** Nothing is kept: a path of the objective alone. */
  static Network train(EncodedExamples examples) throws IOException {
    ObjectMapper json = new ObjectMapper();
    NetworkConfig config = new NetworkConfig(json.readTree(CONFIG), "config.json");
    Network fresh = Network.initialize(config, json.readTree(PREPROCESSOR), 0);
    Term learn = new Term(new FocalLoss(2), Term.Target.LABELS, 1, Batch.of("digits", 64));
    try (Manifold manifold = Manifold.local(fresh, Map.of("digits", examples))) {
      Itinerary path = Itinerary.anchored(List.of(learn), 0.002, 200, "digits");
      return fresh.withWeights(path.walk(manifold).state().weights());
    }
  }

  static double accuracy(Network network, EncodedExamples examples) {
    try (Manifold manifold = Manifold.local(network, Map.of("digits", examples));
        Point point = manifold.at(network.weights())) {
      Evaluation evaluation = point.evaluate("digits");
      return evaluation.accuracy();
    }
  }
}
