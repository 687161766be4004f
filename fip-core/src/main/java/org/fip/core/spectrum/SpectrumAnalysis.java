package org.fip.core.spectrum;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.fip.core.safetensors.ElementType;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.safetensors.SafetensorsWriter;
import org.fip.core.spectrum.Lanczos.Found;

/**
 * The spectrum of a metric tensor: its largest eigenpairs, then traces of what they leave. Holds
 * the eigenvectors, on the heap or in a temporary file, until closed.
 */
public final class SpectrumAnalysis implements AutoCloseable {
  /** Products after which the search for eigenpairs gives up, for each vector of the basis. */
  private static final int PRODUCTS_PER_VECTOR = 40;

  private final PositiveOperator operator;
  private final List<FlatTensor> tensors;
  private final SpectrumSettings settings;
  private final int wanted;
  private final Basis basis;
  private double[] values = {};

  /**
   * An analysis that has not begun.
   *
   * @param operator the metric tensor
   * @param tensors the slices of w whose shares are asked for; together all of it
   * @throws org.fip.core.FipException with category STORAGE when the basis has no room
   */
  public SpectrumAnalysis(
      PositiveOperator operator, List<FlatTensor> tensors, SpectrumSettings settings) {
    this.operator = operator;
    this.tensors = List.copyOf(tensors);
    this.settings = settings;
    wanted = (int) Math.min(settings.top(), operator.rankBound());
    int capacity = Math.min(operator.dimension(), vectors(wanted));
    basis = new Basis(VectorStore.of(operator.dimension(), capacity, settings.memoryBytes()));
  }

  /** The spectrum without its eigenvectors; parameters and exceptions as above. */
  public static Spectrum of(
      PositiveOperator operator, List<FlatTensor> tensors, SpectrumSettings settings) {
    try (SpectrumAnalysis analysis = new SpectrumAnalysis(operator, tensors, settings)) {
      return analysis.run(SpectrumListener.NONE);
    }
  }

  /** How many basis vectors a search for so many pairs uses. */
  static int vectors(int wanted) {
    return Math.max(2 * wanted + 20, wanted + Lanczos.CONFIRMING);
  }

  /**
   * Computes everything. Costs the products that the eigenpairs need, a form and a product for each
   * pair, and a product for each probe.
   *
   * @throws org.fip.core.FipException with category DATA when a product is not finite, and whatever
   *     the operator throws
   */
  public Spectrum run(SpectrumListener listener) {
    int limit = PRODUCTS_PER_VECTOR * basis.capacity();
    Found found =
        new Lanczos(operator, basis, wanted, settings.tolerance(), limit, settings.seed(), listener)
            .solve();
    listener.found(found.products(), found.pairs());
    List<Eigenvalue> eigenvalues = refined(found);
    values = eigenvalues.stream().mapToDouble(Eigenvalue::value).toArray();
    double[] all = found.values().clone();
    System.arraycopy(values, 0, all, 0, values.length);
    TraceProbes probes =
        new TraceProbes(
            operator, basis, all, tensors, settings.probes(), settings.seed(), listener);
    Flatness flatness =
        Flatness.of(
            settings.threshold(),
            eigenvalues,
            found.converged(),
            found.complete(),
            probes.restOfTrace(values.length),
            probes.restOfSquaredTrace(values.length),
            operator.rankBound(),
            operator.dimension());
    return new Spectrum(
        operator.dimension(),
        eigenvalues,
        found.converged(),
        found.complete(),
        probes.trace(),
        probes.squaredTrace(),
        probes.effectiveRank(),
        flatness,
        probes.tensors(),
        probes.layers(),
        found.products() + values.length + settings.probes(),
        settings.probes());
  }

  /**
   * Rayleigh quotients and residuals of the vectors found, in descending order of the quotients,
   * with the basis in that order.
   *
   * <p>An error e of a float32 product shifts a Ritz value by e times its vector, however small the
   * value: by 1e-7 of the largest. A quotient of the form, of a vector of which a part d is wrong,
   * is off by d squared of the largest, and by 1e-7 of itself. Residuals are measured, too, because
   * the estimates that the search goes by fall far below the rounding of the products.
   */
  private List<Eigenvalue> refined(Found found) {
    List<Eigenvalue> quotients = new ArrayList<>();
    float[] y = new float[operator.dimension()];
    for (int i = 0; i < found.pairs(); i++) {
      basis.get(i, y);
      double value = operator.form(y) / Basis.dot(y, y);
      quotients.add(new Eigenvalue(value, residual(y, value)));
    }
    List<Integer> order =
        IntStream.range(0, quotients.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -quotients.get(i).value()))
            .toList();
    double[][] permutation = new double[order.size()][order.size()];
    for (int i = 0; i < order.size(); i++) {
      permutation[i][order.get(i)] = 1;
    }
    basis.rotate(permutation);
    return order.stream().map(quotients::get).toList();
  }

  private double residual(float[] y, double value) {
    float[] product = operator.product(y);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      double part = product[i] - value * y[i];
      sum += part * part;
    }
    return Math.sqrt(sum);
  }

  /**
   * Writes what the last run found as one safetensors file: {@code eigenvalues} [k] as F64, then
   * {@code eigenvector.0}, {@code eigenvector.1} and so on, each [P] as F32 of unit length, in the
   * order of the eigenvalues. The metadata's {@code tensors} says in JSON which slice of a vector
   * belongs to which tensor of the network: name, shape, offset and length.
   *
   * @param metadata more free text for the header
   */
  public void writeEigenvectors(OutputStream out, Map<String, String> metadata) throws IOException {
    Map<String, String> text = new TreeMap<>(metadata);
    text.put("tensors", layout().toString());
    SafetensorsWriter writer = new SafetensorsWriter(text);
    writer.add("eigenvalues", ElementType.F64, new long[] {values.length}, values);
    float[] buffer = new float[operator.dimension()];
    for (int i = 0; i < values.length; i++) {
      int vector = i;
      writer.add(
          "eigenvector." + i,
          ElementType.F32,
          new long[] {buffer.length},
          () -> {
            basis.get(vector, buffer);
            return buffer;
          });
    }
    writer.writeTo(out);
  }

  private ArrayNode layout() {
    ArrayNode layout = JsonNodeFactory.instance.arrayNode();
    for (FlatTensor tensor : tensors) {
      ObjectNode entry = layout.addObject().put("name", tensor.name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      entry.put("offset", tensor.offset()).put("length", tensor.length());
    }
    return layout;
  }

  @Override
  public void close() {
    basis.close();
  }
}
