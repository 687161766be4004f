package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.fip.core.data.PixelRange;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.engine.Torch;
import org.fip.core.objective.Attack.Norm;

/**
 * Moves images inside a ball around others and inside the range of pixels. Images are inputs of the
 * network, [n, channels, height, width]; lengths are in units of pixels before normalisation, [n].
 * An image that is itself out of the range may stay as it is.
 */
final class PixelSteps implements AutoCloseable {
  private static final String METHODS =
      """
        def inside(self, y: Tensor, x: Tensor, s: Tensor, lo: Tensor) -> Tensor:
          hi = torch.add(lo, s)
          return torch.minimum(torch.maximum(y, torch.minimum(x, lo)), torch.maximum(x, hi))
        def column(self, a: Tensor) -> Tensor:
          return torch.view(a, [-1, 1, 1, 1])
        def project_linf(self, y: Tensor, x: Tensor, s: Tensor, lo: Tensor, r: Tensor) -> Tensor:
          b = torch.mul((self).column(r, ), s)
          z = torch.minimum(torch.maximum(y, torch.sub(x, b)), torch.add(x, b))
          return (self).inside(z, x, s, lo, )
        def project_l2(self, y: Tensor, x: Tensor, s: Tensor, lo: Tensor, r: Tensor) -> Tensor:
          v = torch.div(torch.sub(y, x), s)
          n = torch.sqrt(torch.sum(torch.pow(v, 2), [1, 2, 3], True))
          f = torch.minimum(torch.div((self).column(r, ), torch.add(n, 1.e-12)), torch.ones_like(n))
          z = torch.add(x, torch.mul(torch.mul(v, f), s))
          return (self).inside(z, x, s, lo, )
        def step_linf(self, y: Tensor, d: Tensor, s: Tensor, a: Tensor) -> Tensor:
          return torch.add(y, torch.mul(torch.mul(torch.sign(d), s), (self).column(a, )))
        def step_l2(self, y: Tensor, d: Tensor, s: Tensor, a: Tensor) -> Tensor:
          g = torch.mul(d, s)
          n = torch.sqrt(torch.sum(torch.pow(g, 2), [1, 2, 3], True))
          v = torch.div(g, torch.add(n, 1.e-12))
          return torch.add(y, torch.mul(torch.mul(v, s), (self).column(a, )))
        def glide(self, z: Tensor, y: Tensor, p: Tensor) -> Tensor:
          return torch.add(torch.add(y, torch.mul(torch.sub(z, y), 0.75)), torch.mul(torch.sub(y, p), 0.25))
        def painted(self, y: Tensor, x: Tensor, s: Tensor, m: Tensor, r: Tensor) -> Tensor:
          z = torch.add(x, torch.mul(torch.mul(m, s), (self).column(r, )))
          return torch.where(torch.ne(m, 0), z, y)
        def better(self, e: Tensor, y: Tensor, b: Tensor, z: Tensor) -> Tuple[Tensor, Tensor]:
          m = torch.gt(e, b)
          return (torch.where(m, e, b), torch.where((self).column(m, ), y, z))
        def chosen(self, m: Tensor, y: Tensor, z: Tensor) -> Tensor:
          return torch.where(torch.gt((self).column(m, ), 0), y, z)
      """;

  private final NDManager manager;
  private final Program program;
  private final NDArray scale;
  private final NDArray low;

  PixelSteps(Device device, PixelRange range) {
    manager = Torch.newManager(device);
    program = new Program(device, METHODS);
    scale = perChannel(range.scale());
    low = perChannel(range.low());
  }

  private NDArray perChannel(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return Program.upload(manager, floats, Precision.FLOAT32, new Shape(1, floats.length, 1, 1));
  }

  /** {@code y} brought into the balls around {@code x} and into the range. */
  NDArray project(NDManager scope, Norm norm, NDArray y, NDArray x, NDArray radius) {
    return program.call(scope, "project" + suffix(norm), y, x, scale, low, radius).get(0);
  }

  /** {@code y} moved by so much in the direction of steepest ascent in the norm. */
  NDArray step(NDManager scope, Norm norm, NDArray y, NDArray gradient, NDArray length) {
    return program.call(scope, "step" + suffix(norm), y, gradient, scale, length).get(0);
  }

  private static String suffix(Norm norm) {
    return norm == Norm.LINF ? "_linf" : "_l2";
  }

  /** y + 0.75 (z - y) + 0.25 (y - p): a step to z with momentum from p. */
  NDArray glide(NDManager scope, NDArray z, NDArray y, NDArray p) {
    return program.call(scope, "glide", z, y, p).get(0);
  }

  /** {@code x + radius * mask} where the mask is not zero, {@code y} elsewhere. */
  NDArray painted(NDManager scope, NDArray y, NDArray x, NDArray mask, NDArray radius) {
    return program.call(scope, "painted", y, x, scale, mask, radius).get(0);
  }

  /** For each image the larger value, and the one of {@code y} and {@code z} that has it. */
  NDList better(NDManager scope, NDArray value, NDArray y, NDArray best, NDArray z) {
    return program.call(scope, "better", value, y, best, z);
  }

  /** {@code y} where the mask [n] is above 0, {@code z} elsewhere. */
  NDArray chosen(NDManager scope, NDArray mask, NDArray y, NDArray z) {
    return program.call(scope, "chosen", mask, y, z).get(0);
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
