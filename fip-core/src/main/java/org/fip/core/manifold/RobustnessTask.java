package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.fip.core.engine.Program;
import org.fip.core.manifold.NativeExamples.MiniBatch;
import org.fip.core.objective.Attack;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Margin;

/**
 * Images that withstand projected ascent and those that withstand all attacks, the cross-entropies
 * at what each found, and the number of images. Vectors: w, or several networks whose mean
 * probabilities are attacked.
 */
record RobustnessTask(RobustnessProbe test) implements ShardTask {

  @Override
  public Partial run(Shard shard, Vectors vectors) {
    shard.requireLabels(test.data());
    Batch all = Batch.all(test.data());
    List<NDArray> networks = IntStream.range(0, vectors.size()).mapToObj(vectors::get).toList();
    double[] sums = new double[5];
    shard.forEachMicroBatch(
        all, shard.draw(all, 0), (scope, batch) -> add(shard, scope, batch, networks, sums));
    return new Partial(new float[0], sums);
  }

  private void add(
      Shard shard, NDManager scope, MiniBatch batch, List<NDArray> networks, double[] sums) {
    Attack attack = test.attack();
    Search search = new Search(shard, scope, batch, networks);
    search.climb(
        new ProjectedAscent(shard.pixels(), attack, CrossEntropy.INSTANCE, Margin.INSTANCE));
    search.count(sums, 0);
    if (test.adaptiveSteps() > 0) {
      search.climbAdaptively(
          new ProjectedAscent(shard.pixels(), attack, Margin.INSTANCE, Margin.INSTANCE));
    }
    if (test.queries() > 0 && attack.norm() == Attack.Norm.LINF) {
      search.query(new SquareAttack(shard.pixels(), attack.epsilon(), test.queries()));
    }
    search.count(sums, 2);
    sums[4] += batch.size();
  }

  /** The worst images of a mini-batch as far as they are known. */
  private final class Search {
    private final Shard shard;
    private final NDManager scope;
    private final List<NDArray> networks;
    private final NDArray images;
    private final NDArray labels;
    private final int[] rows;
    private final float[] margins;
    private final double[] losses;

    Search(Shard shard, NDManager scope, MiniBatch batch, List<NDArray> networks) {
      this.shard = shard;
      this.scope = scope;
      this.networks = networks;
      images = batch.inputs().get(0);
      labels = batch.labels();
      rows = batch.rows();
      margins = new float[rows.length];
      Arrays.fill(margins, Float.NEGATIVE_INFINITY);
      losses = new double[rows.length];
    }

    void climb(ProjectedAscent ascent) {
      attack(
          "evaluation",
          ascent,
          (victim, best, randomness, own) -> ascent.climb(victim, best, randomness));
    }

    void climbAdaptively(ProjectedAscent ascent) {
      attack(
          "adaptive evaluation",
          ascent,
          (victim, best, randomness, own) -> {
            for (int restart = 0; restart < test.attack().restarts(); restart++) {
              ascent.climbAdaptively(victim, best, randomness, restart, test.adaptiveSteps());
            }
          });
    }

    void query(SquareAttack square) {
      ProjectedAscent ranking =
          new ProjectedAscent(shard.pixels(), test.attack(), Margin.INSTANCE, Margin.INSTANCE);
      attack(
          "square attack",
          ranking,
          (victim, best, randomness, own) ->
              square.search(victim, best, Margin.INSTANCE, randomness, own));
    }

    private interface Run {
      void on(
          Victim victim,
          ProjectedAscent.Best best,
          ProjectedAscent.Randomness randomness,
          NDManager own);
    }

    /** Attacks the images that are classified rightly so far. */
    private void attack(String purpose, ProjectedAscent ascent, Run run) {
      int[] standing = IntStream.range(0, rows.length).filter(i -> margins[i] < 0).toArray();
      if (standing.length == 0) {
        return;
      }
      try (NDManager own = scope.newSubManager()) {
        NDArray places = Program.upload(own, standing, new Shape(standing.length));
        Victim victim =
            new Victim(
                shard.program(),
                shard.constants(),
                networks,
                shard.batches().rows(own, images, places),
                shard.batches().rows(own, labels, places));
        int[] theirs = Arrays.stream(standing).map(i -> rows[i]).toArray();
        ProjectedAscent.Best best = ascent.start(own, victim);
        run.on(victim, best, shard.randomness(test.data(), purpose, 0, theirs), own);
        float[] found = best.values();
        double[] entropies =
            Program.doubles(victim.values(own, CrossEntropy.INSTANCE, best.images()));
        for (int i = 0; i < standing.length; i++) {
          if (found[i] > margins[standing[i]]) {
            margins[standing[i]] = found[i];
            losses[standing[i]] = entropies[i];
          }
        }
      }
    }

    private void count(double[] sums, int position) {
      for (int i = 0; i < margins.length; i++) {
        sums[position] += margins[i] < 0 ? 1 : 0;
        sums[position + 1] += losses[i];
      }
    }
  }
}
