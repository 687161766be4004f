package org.fip.core.manifold;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;

/** Cuts mini-batches out of blocks and widens them, on the device that holds the block. */
final class BatchProgram implements AutoCloseable {
  private static final String METHODS =
      """
        def rows(self, x: Tensor, i: Tensor) -> Tensor:
          return torch.index_select(x, 0, i)
        def marked(self, x: Tensor, g: Tensor, i: Tensor) -> Tensor:
          z = torch.index_select(x, 0, torch.index_select(g, 0, i))
          return torch.scatter(z, 1, torch.unsqueeze(i, 1), 1.)
        def mix(self, y: Tensor, x: Tensor, j: Tensor, a: Tensor) -> Tensor:
          z = torch.index_select(x, 0, j)
          return torch.lerp(z, y, a)
        def move(self, x: Tensor, r: Tensor, s: Tensor) -> Tensor:
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

  /** For each label the row of {@code x} that its group names, with a 1 at the label. */
  NDArray marked(NDManager scope, NDArray x, NDArray groups, NDArray labels) {
    return program.call(scope, "marked", x, groups, labels).singletonOrThrow();
  }

  /** Shares of {@code y} and of the partner rows of {@code x}. */
  NDArray mix(NDManager scope, NDArray y, NDArray x, ImageSpread spread) {
    int n = spread.partners().length;
    long[] perExample = new long[x.getShape().dimension()];
    Arrays.fill(perExample, 1);
    perExample[0] = n;
    NDArray partners = Program.upload(scope, spread.partners(), new Shape(n));
    NDArray shares =
        Program.upload(scope, spread.shares(), Precision.FLOAT32, new Shape(perExample));
    return program.call(scope, "mix", y, x, partners, shares).singletonOrThrow();
  }

  /** Images [n, channels, height, width] mirrored and moved, their edges repeated. */
  NDArray move(NDManager scope, NDArray x, ImageSpread spread) {
    int n = spread.down().length;
    int height = (int) x.getShape().get(2);
    int width = (int) x.getShape().get(3);
    NDArray rows =
        Program.upload(
            scope, sources(spread.down(), new boolean[n], height), new Shape(n, 1, height, 1));
    NDArray columns =
        Program.upload(
            scope, sources(spread.right(), spread.mirrored(), width), new Shape(n, 1, 1, width));
    return program.call(scope, "move", x, rows, columns).singletonOrThrow();
  }

  /** For each image and each target position, the position its value comes from. */
  private static int[] sources(int[] moves, boolean[] mirrored, int length) {
    int[] sources = new int[moves.length * length];
    for (int i = 0; i < moves.length; i++) {
      for (int j = 0; j < length; j++) {
        int source = Math.max(0, Math.min(length - 1, j - moves[i]));
        sources[i * length + j] = mirrored[i] ? length - 1 - source : source;
      }
    }
    return sources;
  }

  @Override
  public void close() {
    program.close();
  }
}
