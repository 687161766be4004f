package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import org.fip.core.engine.Program;

/**
 * Workers that move what a network of any size would have them move, and compute next to nothing:
 * each task is replaced by one that fetches the same vectors to the device and answers with as many
 * floats. So a sampler runs as it is, on vectors of its size, and only the examples are missing.
 */
public final class SyntheticWorkers implements Workers {
  private final Workers workers;
  private final int parameters;

  /** Takes over workers of whatever network. */
  public SyntheticWorkers(Workers workers, int parameters) {
    this.workers = workers;
    this.parameters = parameters;
  }

  @Override
  public Published publish(float[] vector) {
    return workers.publish(vector);
  }

  @Override
  public void withdraw(Published vector) {
    workers.withdraw(vector);
  }

  @Override
  public Partial round(ShardTask task, List<Published> vectors) {
    if (task instanceof MetricProductTask) {
      return workers.round(new Product(), vectors);
    }
    int answer = 0;
    int sums = 2;
    if (task instanceof GradientTask gradient) {
      answer = 1;
      sums = gradient.terms().size();
    } else if (task instanceof TrialAndGradientTask both) {
      answer = 1;
      sums = 2 + both.gradient().terms().size();
    } else if (task instanceof LocalSolveTask) {
      answer = 1;
    } else if (task instanceof LocalStepsTask) {
      answer = 3;
    }
    return workers.round(new Answer(answer * parameters, sums), vectors);
  }

  /** A round that brings vectors and takes one of this length back. */
  public Partial exchange(int length, List<Published> vectors) {
    return workers.round(new Answer(length, 1), vectors);
  }

  @Override
  public Traffic traffic() {
    return workers.traffic();
  }

  @Override
  public void close() {
    workers.close();
  }

  /** Any floats, small and positive. Vectors: any. */
  private record Answer(int length, int sums) implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      fetch(vectors);
      float[] vector = new float[length];
      Arrays.fill(vector, 1e-3f);
      return new Partial(vector, new double[sums]);
    }
  }

  /** A diagonal metric with seven eigenvalues, so that a solver takes its iterations. */
  private record Product() implements ShardTask {
    @Override
    public Partial run(Shard shard, Vectors vectors) {
      fetch(vectors);
      NDArray v = vectors.get(1);
      float[] product = Program.floats(v);
      for (int i = 0; i < product.length; i++) {
        product[i] *= 1 + 100 * (i % 7);
      }
      return new Partial(product, new double[0]);
    }
  }

  private static void fetch(Vectors vectors) {
    for (int i = 0; i < vectors.size(); i++) {
      vectors.get(i);
    }
  }
}
