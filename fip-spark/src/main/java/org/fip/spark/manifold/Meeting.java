package org.fip.spark.manifold;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.allreduce.Mesh;

/**
 * How the ranks of a stage find one another: each says once where it listens, or why it does not.
 * All must speak, because the others wait for it.
 */
final class Meeting {
  private static final String NOT_HELD = "-";
  private static final String EXCUSE = "!";

  private final BarrierTaskContext context;
  private boolean spoken;

  Meeting(BarrierTaskContext context) {
    this.context = context;
  }

  /**
   * Connects with the others.
   *
   * @param held whether this rank has what it starts from
   * @return false when one of them has not
   * @throws FipException the failure of a rank that could not come
   */
  boolean connect(Mesh mesh, boolean held) {
    List<String> said = say(held ? mesh.address() : NOT_HELD);
    for (String word : said) {
      if (word.startsWith(EXCUSE)) {
        String[] failure = word.substring(EXCUSE.length()).split(" ", 2);
        throw new FipException(Category.valueOf(failure[0]), failure[1]);
      }
    }
    if (said.contains(NOT_HELD)) {
      return false;
    }
    mesh.connect(said);
    return true;
  }

  /** Tells the others of a failure, when they still wait for this rank. */
  void excuse(FipException failure) {
    if (!spoken) {
      say(EXCUSE + failure.category() + " " + failure.getMessage());
    }
  }

  private List<String> say(String word) {
    spoken = true;
    return new ArrayList<>(List.of(context.allGather(word)));
  }
}
