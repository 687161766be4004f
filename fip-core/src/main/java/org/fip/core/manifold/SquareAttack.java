package org.fip.core.manifold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.geometry.ExampleFunction;

/**
 * Random search without gradients in the cube around each image (Andriushchenko et al. 2020, arXiv
 * 1912.00049): stripes at first, then squares in random places that shrink, each set to the cube's
 * faces in every channel, and kept where the value grows. What it finds in spite of a failed ascent
 * shows that gradients were masked.
 */
final class SquareAttack {
  /** Share of the pixels of the first squares. */
  private static final double FIRST_SHARE = 0.8;

  /** Queries of 10,000 after which squares halve. */
  private static final int[] HALVED_AT = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

  private final PixelSteps pixels;
  private final double epsilon;
  private final int queries;

  SquareAttack(PixelSteps pixels, double epsilon, int queries) {
    this.pixels = pixels;
    this.epsilon = epsilon;
    this.queries = queries;
  }

  /** Improves the best. Cost 1 F a query. */
  void search(
      Victim victim,
      ProjectedAscent.Best best,
      ExampleFunction ranking,
      ProjectedAscent.Randomness randomness,
      NDManager scope) {
    Shape shape = victim.images().getShape();
    SplittableRandom[] random = new SplittableRandom[victim.size()];
    for (int image = 0; image < random.length; image++) {
      random[image] = randomness.of(image, 0);
    }
    NDManager holder = scope.newSubManager();
    try {
      NDArray radius = victim.each(scope, epsilon);
      NDArray own = victim.images();
      NDArray ownValues = victim.values(holder, ranking, own);
      for (int query = 0; query < queries; query++) {
        NDManager next = scope.newSubManager();
        float[] mask =
            query == 0 ? stripes(shape, random) : squares(shape, random, side(shape, query));
        NDArray painted =
            pixels.painted(
                next,
                own,
                victim.images(),
                Program.upload(next, mask, Precision.FLOAT32, shape),
                radius);
        NDArray tried =
            pixels.project(
                next, org.fip.core.objective.Attack.Norm.LINF, painted, victim.images(), radius);
        var better =
            pixels.better(next, victim.values(next, ranking, tried), tried, ownValues, own);
        ownValues = better.get(0);
        own = better.get(1);
        holder.close();
        holder = next;
      }
      best.offer(own, ownValues);
    } finally {
      holder.close();
    }
  }

  private int side(Shape shape, int query) {
    double share = FIRST_SHARE;
    for (int halved : HALVED_AT) {
      share /= query * 10_000L > (long) halved * queries ? 2 : 1;
    }
    long area = shape.get(2) * shape.get(3);
    int most = (int) Math.min(shape.get(2), shape.get(3));
    return Math.max(1, Math.min(most, (int) Math.round(Math.sqrt(share * area))));
  }

  private static float sign(SplittableRandom random) {
    return random.nextBoolean() ? 1 : -1;
  }

  /** Each column of each channel at one face or the other. */
  private static float[] stripes(Shape shape, SplittableRandom[] random) {
    int channels = (int) shape.get(1);
    int height = (int) shape.get(2);
    int width = (int) shape.get(3);
    float[] mask = new float[Math.toIntExact(shape.size())];
    for (int plane = 0; plane < random.length * channels; plane++) {
      for (int column = 0; column < width; column++) {
        float face = sign(random[plane / channels]);
        for (int row = 0; row < height; row++) {
          mask[(plane * height + row) * width + column] = face;
        }
      }
    }
    return mask;
  }

  /** One square of each image, each channel of it at one face or the other. */
  private static float[] squares(Shape shape, SplittableRandom[] random, int side) {
    int channels = (int) shape.get(1);
    int height = (int) shape.get(2);
    int width = (int) shape.get(3);
    float[] mask = new float[Math.toIntExact(shape.size())];
    for (int image = 0; image < random.length; image++) {
      int top = random[image].nextInt(height - side + 1);
      int left = random[image].nextInt(width - side + 1);
      for (int channel = 0; channel < channels; channel++) {
        float face = sign(random[image]);
        int plane = image * channels + channel;
        for (int row = top; row < top + side; row++) {
          int from = (plane * height + row) * width + left;
          java.util.Arrays.fill(mask, from, from + side, face);
        }
      }
    }
    return mask;
  }
}
