package org.fip.core.spectrum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.fip.core.manifold.Seeds;
import org.fip.core.safetensors.FlatTensor;

/**
 * Traces by random probes [1] of what some eigenpairs leave of an operator [2].
 *
 * <p>With unit vectors v_i, values l_i = v_i^T G v_i and D = G - sum l_i v_i v_i^T, the trace of G
 * is the sum of the l_i and the trace of D exactly, and for orthonormal v_i the trace of G^2 is the
 * sum of the l_i^2 and the trace of D^2, however good the pairs are as eigenpairs. For a vector z
 * of independent random signs, z^T D z and |D z|^2 have these traces for their means, and the sum
 * of z_p (D z)_p over a tensor has that tensor's part of the trace: one product serves all. The
 * better the pairs, the less remains to be estimated. They must not depend on the probes, or the
 * standard error, which is the spread of the probes, would say too little.
 *
 * <p>[1] Hutchinson 1990, A stochastic estimator of the trace of the influence matrix. [2] Meyer,
 * Musco, Musco and Woodruff 2021, Hutch++.
 */
final class TraceProbes {
  private final List<FlatTensor> tensors;
  private final double[] values;

  /** Of the pairs: each tensor's part of the trace. */
  private final double[] exact;

  /** Of the rest: a sample for each tensor and probe. */
  private final double[][] samples;

  /** Of the rest: samples of the trace, and of the trace of the square. */
  private final double[] traces;

  private final double[] squares;

  /**
   * Takes the probes, a product each.
   *
   * @param basis begins with the unit vectors
   * @param values for each, v^T G v
   */
  TraceProbes(
      PositiveOperator operator,
      Basis basis,
      double[] values,
      List<FlatTensor> tensors,
      int probes,
      long seed,
      SpectrumListener listener) {
    this.tensors = tensors;
    this.values = values;
    exact = new double[tensors.size()];
    samples = new double[tensors.size()][probes];
    traces = new double[probes];
    squares = new double[probes];
    float[] z = new float[operator.dimension()];
    for (int i = 0; i < values.length; i++) {
      basis.get(i, z);
      for (int tensor = 0; tensor < exact.length; tensor++) {
        exact[tensor] += values[i] * dot(tensors.get(tensor), z, z);
      }
    }
    for (int probe = 0; probe < probes; probe++) {
      SplittableRandom random = Seeds.stream(seed, Seeds.of("spectrum"), Seeds.of("probe"), probe);
      signs(random, z);
      float[] rest = operator.product(z);
      double[] coefficients = basis.coordinates(values.length, z);
      for (int i = 0; i < values.length; i++) {
        coefficients[i] *= values[i];
      }
      basis.subtract(coefficients, rest);
      for (int tensor = 0; tensor < exact.length; tensor++) {
        double sample = dot(tensors.get(tensor), z, rest);
        samples[tensor][probe] = sample;
        traces[probe] += sample;
      }
      squares[probe] = Basis.dot(rest, rest);
      listener.probed(probe + 1, probes);
    }
  }

  private static void signs(SplittableRandom random, float[] z) {
    long bits = 0;
    for (int i = 0; i < z.length; i++) {
      if (i % Long.SIZE == 0) {
        bits = random.nextLong();
      }
      z[i] = (bits & 1) == 0 ? 1 : -1;
      bits >>>= 1;
    }
  }

  private static double dot(FlatTensor tensor, float[] a, float[] b) {
    return Basis.dot(a, tensor.offset(), b, tensor.offset(), tensor.length());
  }

  /** Trace of G. */
  Estimate trace() {
    return restOfTrace(0);
  }

  /** Trace of what the first pairs leave of G. */
  Estimate restOfTrace(int pairs) {
    return Estimate.of(Arrays.stream(values, pairs, values.length).sum(), traces);
  }

  /** Trace of G^2. */
  Estimate squaredTrace() {
    return restOfSquaredTrace(0);
  }

  /** Trace of the square of what the first pairs leave of G. */
  Estimate restOfSquaredTrace(int pairs) {
    return Estimate.of(
        Arrays.stream(values, pairs, values.length).map(value -> value * value).sum(), squares);
  }

  /**
   * The effective rank r = T^2 / Q of both traces. Its error is that of the linear part of r in T
   * and Q, which the same probes estimate together; r itself is biased by the order of the squared
   * relative errors.
   */
  Estimate effectiveRank() {
    double trace = trace().value();
    double squared = squaredTrace().value();
    double inTrace = 2 * trace / squared;
    double inSquared = -trace * trace / (squared * squared);
    double[] linear = new double[traces.length];
    for (int probe = 0; probe < linear.length; probe++) {
      linear[probe] = inTrace * traces[probe] + inSquared * squares[probe];
    }
    return new Estimate(trace * trace / squared, Estimate.of(0, linear).standardError());
  }

  /** The share of each tensor. */
  List<TraceShare> tensors() {
    List<TraceShare> shares = new ArrayList<>();
    for (int tensor = 0; tensor < exact.length; tensor++) {
      shares.add(share(tensors.get(tensor).name(), List.of(tensor)));
    }
    return shares;
  }

  /** The share of each layer: all tensors whose names differ only after the last dot. */
  List<TraceShare> layers() {
    Map<String, List<Integer>> members = new LinkedHashMap<>();
    for (int tensor = 0; tensor < exact.length; tensor++) {
      String name = tensors.get(tensor).name();
      int dot = name.lastIndexOf('.');
      String layer = dot < 0 ? name : name.substring(0, dot);
      members.computeIfAbsent(layer, absent -> new ArrayList<>()).add(tensor);
    }
    List<TraceShare> shares = new ArrayList<>();
    members.forEach((layer, indices) -> shares.add(share(layer, indices)));
    return shares;
  }

  private TraceShare share(String name, List<Integer> members) {
    double sum = 0;
    int parameters = 0;
    double[] own = new double[traces.length];
    for (int tensor : members) {
      sum += exact[tensor];
      parameters += tensors.get(tensor).length();
      for (int probe = 0; probe < own.length; probe++) {
        own[probe] += samples[tensor][probe];
      }
    }
    Estimate part = Estimate.of(sum, own);
    double trace = trace().value();
    double share = part.value() / trace;
    // The linear part of the quotient, whose numerator and denominator share their probes.
    double[] linear = new double[own.length];
    for (int probe = 0; probe < own.length; probe++) {
      linear[probe] = (own[probe] - share * traces[probe]) / trace;
    }
    return new TraceShare(
        name, parameters, part, new Estimate(share, Estimate.of(0, linear).standardError()));
  }
}
