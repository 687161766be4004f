package org.fip.spark.recipe;

import java.io.Serializable;
import java.util.List;
import org.fip.core.manifold.Wire;
import org.fip.spark.manifold.Communication;

/**
 * How several executors walk one path.
 *
 * @param mode {@code driver}, which takes the steps and sends vectors out and back in each round;
 *     {@code executors}, which all take the steps and sum among themselves, so that vectors reach
 *     the driver at waypoints only; or {@code auto}, whichever is faster; the path is the same
 * @param wire {@code float32}, or {@code bfloat16}, which halves what executors send and rounds it,
 *     so that the path is another
 */
public record CommunicationSettings(Communication mode, Wire wire) implements Serializable {

  static CommunicationSettings read(Section section) {
    return new CommunicationSettings(
        section.choice("mode", List.of(Communication.values())),
        section.choice("wire", List.of(Wire.values())));
  }
}
