package org.fip.core.network;

import java.io.Serializable;

/**
 * How the outputs of a network are divided into heads: outputs compete for an example's label only
 * within the head of the label.
 *
 * @param learning for each output the number of its head while labels are learned; empty when all
 *     outputs are one head
 * @param answering the same where the network is evaluated
 */
@SuppressWarnings("ArrayRecordComponent")
public record OutputHeads(int[] learning, int[] answering) implements Serializable {
  /** All outputs are one head. */
  public static final OutputHeads ONE = new OutputHeads(new int[0], new int[0]);

  /** Whether two outputs compete where the network is evaluated. */
  public boolean answerTogether(int output, int other) {
    return answering.length == 0 || answering[output] == answering[other];
  }
}
