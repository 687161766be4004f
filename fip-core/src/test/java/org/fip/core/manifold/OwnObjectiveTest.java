package org.fip.core.manifold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.geometry.ExampleFunction;
import org.fip.core.network.Network;
import org.fip.core.objective.Batch;
import org.fip.core.objective.CrossEntropy;
import org.fip.core.objective.Term;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Objectives that the library does not have, in terms. */
class OwnObjectiveTest {
  private static final Network NETWORK = TinyNetwork.network(3);
  private static final EncodedExamples IMAGES = TinyNetwork.images("task", 40, 4);
  private static final Manifold MANIFOLD = Manifold.local(NETWORK, Map.of("task", IMAGES));

  /** A multiple of the cross-entropy. */
  private record Scaled(String id, double factor) implements ExampleFunction {
    @Override
    public String examples() {
      return CrossEntropy.INSTANCE.examples() + "\ne = torch.mul(e, " + factor + ")";
    }
  }

  /** A script that is no program. */
  private record Broken(String id) implements ExampleFunction {
    @Override
    public String examples() {
      return "e = torch.no_such_function(y, t)";
    }
  }

  @AfterAll
  static void close() {
    MANIFOLD.close();
  }

  private static Gradient gradient(ExampleFunction function) {
    Term term = new Term(function, Term.Target.LABELS, 1, Batch.all("task"));
    try (Point here = MANIFOLD.at(NETWORK.weights())) {
      return here.gradient(List.of(term), 0);
    }
  }

  @Test
  void hasTheGradientOfItsScript() {
    Gradient known = gradient(CrossEntropy.INSTANCE);
    Gradient own = gradient(new Scaled("scaled", 1));
    assertArrayEquals(known.vector(), own.vector());
    assertEquals(known.values()[0], own.values()[0]);
  }

  @Test
  void ofOneNameButOtherParametersIsAnother() {
    double one = gradient(new Scaled("scaled", 1)).values()[0];
    assertEquals(4 * one, gradient(new Scaled("scaled", 4)).values()[0], 1e-5 * one);
    // Also when the name is one that the library has.
    assertEquals(2 * one, gradient(new Scaled("cross_entropy", 2)).values()[0], 1e-5 * one);
  }

  @Test
  void thatIsNoProgramIsNamed() {
    FipException e = assertThrows(FipException.class, () -> gradient(new Broken("broken")));
    assertEquals(FipException.Category.DATA, e.category());
    assertTrue(e.getMessage().startsWith("objective " + Broken.class.getName()), e.getMessage());
    assertTrue(e.getMessage().contains("no_such_function"), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    FipException name = assertThrows(FipException.class, () -> gradient(new Broken("a b")));
    assertEquals(
        "objective %s: the id 'a b' must be letters, digits and _"
            .formatted(Broken.class.getName()),
        name.getMessage());
  }
}
