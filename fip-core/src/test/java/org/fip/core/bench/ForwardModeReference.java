package org.fip.core.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import java.util.List;
import org.fip.core.engine.Program;
import org.fip.core.geometry.NetworkProgram;

/**
 * Products as {@code torch.func} computes them: J v by the engine's own forward-mode
 * differentiation (dual tensors), then J^T by a forward and a backward pass of their own. It runs
 * the text of the same network, in the same libtorch, on the same arrays.
 */
final class ForwardModeReference implements AutoCloseable {
  private static final String METHODS =
      """
        def reference_jv(self, w: Tensor, c: Tensor, x: List[Tensor], v: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          d = torch._make_dual(w, v, 0)
          y, t = torch._unpack_dual((self).forward(d, c, x, ), 0)
          return t
        def reference_gv(self, w: Tensor, c: Tensor, x: List[Tensor], v: Tensor) -> Tensor:
          t = (self).reference_jv(w, c, x, v, )
          torch.set_grad_enabled(True)
          w0 = torch.requires_grad_(torch.detach(w))
          y0 = (self).forward(w0, c, x, )
          us = annotate(List[Optional[Tensor]], [t])
          g = (torch.autograd.grad([y0], [w0], us))[0]
          torch.set_grad_enabled(False)
          return unchecked_cast(Tensor, g)
      """;

  private static final String LEVEL = "_ZN5torch8autograd14ForwardADLevel%s";

  private final Program program;
  private final BenchPoint at;
  private final NativeLibrary torch;
  private final long level;

  ForwardModeReference(BenchPoint at) {
    this.at = at;
    String source = NetworkProgram.source(at.graph, at.layout, List.of()) + METHODS;
    program = new Program(Device.cpu(), source);
    torch = NativeLibrary.getInstance(LibUtils.getLibtorchPath() + "/libtorch_cpu.so");
    level =
        (Long)
            torch
                .getFunction(LEVEL.formatted("12get_next_idxEv"))
                .invoke(Long.class, new Object[0]);
  }

  NDArray jv(NDManager scope) {
    return program
        .call(scope, "reference_jv", at.weights, at.constants, at.inputs, at.direction)
        .singletonOrThrow();
  }

  NDArray gv(NDManager scope) {
    return program
        .call(scope, "reference_gv", at.weights, at.constants, at.inputs, at.direction)
        .singletonOrThrow();
  }

  @Override
  public void close() {
    // A level that stays open can keep the process from ending.
    torch.getFunction(LEVEL.formatted("11release_idxEm")).invoke(Void.class, new Object[] {level});
    program.close();
  }
}
