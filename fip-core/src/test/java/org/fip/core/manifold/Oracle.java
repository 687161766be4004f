package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.geometry.Distance;
import org.fip.core.geometry.Linearization;
import org.fip.core.geometry.Metric;
import org.fip.core.geometry.NetworkProgram;
import org.fip.core.geometry.OutputFunction;
import org.fip.core.network.Graph;
import org.fip.core.network.InputDecoder;
import org.fip.core.network.Network;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Term;

/** The same sums in double precision, over whole sets in one piece, without workers or shards. */
final class Oracle implements AutoCloseable {
  private final NDManager manager = Torch.newManager(Device.cpu());
  private final Network network;
  private final NetworkProgram program;
  private final NDArray constants;
  private final Map<String, EncodedExamples> data;

  Oracle(Network network, Map<String, EncodedExamples> data) {
    this.network = network;
    this.data = data;
    Graph graph = network.graph();
    List<OutputFunction> functions = new ArrayList<>(List.of(Distance.values()));
    functions.add(CrossEntropy.INSTANCE);
    program = new NetworkProgram(graph, network.layout(), Device.cpu(), functions);
    constants = manager.zeros(new Shape(0), Precision.FLOAT64.type());
  }

  private NDArray vector(float[] values) {
    return Program.upload(manager, values, Precision.FLOAT64, new Shape(values.length));
  }

  private NDArray inputs(String set) {
    Examples examples;
    try (InputDecoder decoder = network.definition().decoder(network.graph())) {
      examples = decoder.decode(data.get(set));
    }
    Shape shape =
        new Shape(
            examples.size(),
            TinyNetwork.SHAPE.channels(),
            TinyNetwork.SHAPE.height(),
            TinyNetwork.SHAPE.width());
    return Program.upload(manager, examples.inputs().get(0).floats(), Precision.FLOAT64, shape);
  }

  /** Weight times the gradient of each term's mean over its whole set, and the means. */
  double[] gradient(List<Term> terms, float[] weights, float[] reference, double[] means) {
    NDArray w = vector(weights);
    NDArray sum = manager.zeros(w.getShape(), Precision.FLOAT64.type());
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.get(i);
      String set = term.batch().data();
      int n = data.get(set).size();
      NDArray x = inputs(set);
      NDArray target =
          term.target() == Term.Target.LABELS
              ? Program.upload(manager, data.get(set).labels(), new Shape(n))
              : program.logits(manager, vector(reference), constants, List.of(x));
      NDArray scale =
          Program.upload(manager, new double[] {term.weight() / n}, Precision.FLOAT64, new Shape());
      NDArray value =
          term.hidden() > 0
              ? program.addLayeredGradient(
                  manager,
                  (Distance) term.function(),
                  w,
                  vector(reference),
                  constants,
                  List.of(x),
                  Program.upload(
                      manager, new double[] {term.hidden()}, Precision.FLOAT64, new Shape()),
                  scale,
                  sum)
              : program.addGradient(
                  manager, term.function(), w, constants, List.of(x), target, scale, sum);
      means[i] = Program.doubles(value)[0] / n;
    }
    return Program.doubles(sum);
  }

  /** G v with the dense Jacobian, row by row. */
  double[] metricProduct(Metric metric, String set, float[] weights, float[] direction) {
    int n = data.get(set).size();
    int classes = TinyNetwork.CLASSES;
    double[] product = new double[weights.length];
    try (Linearization linear =
        program.linearize(
            manager.newSubManager(), vector(weights), constants, List.of(inputs(set)))) {
      double[] logits = Program.doubles(linear.logits());
      double[][] jacobian = new double[n * classes][];
      for (int row = 0; row < jacobian.length; row++) {
        double[] unit = new double[jacobian.length];
        unit[row] = 1;
        NDArray u = Program.upload(manager, unit, Precision.FLOAT64, new Shape(n, classes));
        jacobian[row] = Program.doubles(linear.jtu(manager, u));
      }
      for (int example = 0; example < n; example++) {
        double[] jv = new double[classes];
        for (int c = 0; c < classes; c++) {
          double[] row = jacobian[example * classes + c];
          for (int p = 0; p < row.length; p++) {
            jv[c] += row[p] * direction[p];
          }
        }
        double[] u = metric == Metric.EUCLIDEAN ? jv : fisher(logits, example * classes, jv);
        for (int c = 0; c < classes; c++) {
          double[] row = jacobian[example * classes + c];
          for (int p = 0; p < row.length; p++) {
            product[p] += u[c] * row[p] / n;
          }
        }
      }
    }
    return product;
  }

  private static double[] fisher(double[] logits, int from, double[] jv) {
    double[] p = Arrays.copyOfRange(logits, from, from + jv.length);
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(p[c]);
      sum += p[c];
    }
    double mean = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
      mean += p[c] * jv[c];
    }
    double[] u = new double[p.length];
    for (int c = 0; c < p.length; c++) {
      u[c] = p[c] * (jv[c] - mean);
    }
    return u;
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
