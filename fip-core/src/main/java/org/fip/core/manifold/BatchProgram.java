package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;

/** Cuts mini-batches out of blocks and widens them, on the device that holds the block. */
final class BatchProgram implements AutoCloseable {
  private static final String METHODS =
      """
        def rows(self, x: Tensor, i: Tensor) -> Tensor:
          return torch.index_select(x, 0, i)
        def mix(self, y: Tensor, x: Tensor, j: Tensor, a: Tensor) -> Tensor:
          z = torch.index_select(x, 0, j)
          return torch.lerp(z, y, a)
        def shift(self, x: Tensor, r: Tensor, s: Tensor) -> Tensor:
          n = torch.size(x)
          y = torch.gather(x, 2, torch.expand(r, n))
          return torch.gather(y, 3, torch.expand(s, n))
      """;

  private final Program program;

  BatchProgram(Device device) {
    program = new Program(device, METHODS);
  }

  NDArray rows(NDManager scope, NDArray x, NDArray rows) {
    return program.call(scope, "rows", x, rows).singletonOrThrow();
  }

  /** Shares of {@code y} and of the draw's partner rows of {@code x}. */
  NDArray mix(NDManager scope, NDArray y, NDArray x, Draw draw) {
    int n = draw.rows().length;
    long[] perExample = new long[x.getShape().dimension()];
    java.util.Arrays.fill(perExample, 1);
    perExample[0] = n;
    NDArray partners = Program.upload(scope, draw.partners(), new Shape(n));
    NDArray shares = Program.upload(scope, draw.shares(), Precision.FLOAT32, new Shape(perExample));
    return program.call(scope, "mix", y, x, partners, shares).singletonOrThrow();
  }

  /** Images [n, channels, height, width] moved as the draw says, their edges repeated. */
  NDArray shift(NDManager scope, NDArray x, Draw draw) {
    int n = draw.rows().length;
    int height = (int) x.getShape().get(2);
    int width = (int) x.getShape().get(3);
    NDArray rows = Program.upload(scope, sources(draw.down(), height), new Shape(n, 1, height, 1));
    NDArray columns =
        Program.upload(scope, sources(draw.right(), width), new Shape(n, 1, 1, width));
    return program.call(scope, "shift", x, rows, columns).singletonOrThrow();
  }

  /** For each image and each target position, the position its value comes from. */
  private static int[] sources(int[] moves, int length) {
    int[] sources = new int[moves.length * length];
    for (int i = 0; i < moves.length; i++) {
      for (int j = 0; j < length; j++) {
        sources[i * length + j] = Math.max(0, Math.min(length - 1, j - moves[i]));
      }
    }
    return sources;
  }

  @Override
  public void close() {
    program.close();
  }
}
