package org.fip.spark.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.fip.core.FipException;
import org.fip.core.anchors.Anchors;
import org.fip.core.anchors.Ranking;
import org.fip.core.data.EncodedExamples;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  private static final EncodedExamples DIGITS =
      DataSets.read(DataSelector.of("builtin:digits", "train"), new Configuration());

  private static Set<ByteBuffer> payloads(EncodedExamples examples) {
    Set<ByteBuffer> payloads = new HashSet<>();
    for (int i = 0; i < examples.size(); i++) {
      payloads.add(ByteBuffer.wrap(examples.payload(i)));
    }
    return payloads;
  }

  private static Anchors anchors(EncodedExamples examples) {
    return new Anchors(examples.withoutLabels(), Ranking.random(examples.labels(), 4));
  }

  @Test
  void whatIsKeptOfATaskIsMostlySeenWhileItIsLearned() {
    long seed = 1;
    Anchors memory = anchors(DIGITS.slice(600, 800));
    EncodedExamples task = DIGITS.slice(0, 600);
    int[] ranks = Ranking.random(task.labels(), seed);
    int[] kept = IntStream.range(0, ranks.length).filter(i -> ranks[i] < 5).toArray();
    Set<ByteBuffer> seen = payloads(HeldOut.of(task, memory, 0.25, seed).get(Sources.TASK));
    Set<ByteBuffer> both = payloads(task.select(kept));
    both.retainAll(seen);
    assertTrue(both.size() > kept.length / 2, both.size() + " of " + kept.length);
  }

  @Test
  void nothingThatIsHeldOutIsSeen() {
    Map<String, EncodedExamples> sets =
        HeldOut.of(DIGITS.slice(0, 600), anchors(DIGITS.slice(600, 800)), 0.25, 1);
    assertEquals(150, sets.get(Sources.TASK_HELD_OUT).size());
    assertEquals(450, sets.get(Sources.TASK).size());
    int anchors = sets.get(Sources.ANCHORS_HELD_OUT).size();
    assertTrue(anchors > 30 && anchors < 70, anchors + " of 200 anchors");
    assertEquals(200, anchors + sets.get(Sources.ANCHORS).size());
    Map<Integer, Integer> perClass = new HashMap<>();
    Arrays.stream(sets.get(Sources.TASK_HELD_OUT).labels())
        .forEach(label -> perClass.merge(label, 1, Integer::sum));
    perClass.forEach((label, count) -> assertEquals(15, count, "class " + label));
    for (String[] pair :
        new String[][] {
          {Sources.TASK, Sources.TASK_HELD_OUT}, {Sources.ANCHORS, Sources.ANCHORS_HELD_OUT}
        }) {
      Set<ByteBuffer> both = payloads(sets.get(pair[0]));
      both.retainAll(payloads(sets.get(pair[1])));
      assertTrue(both.isEmpty(), both.size() + " are in both");
    }
  }

  @Test
  void whatIsHeldOutStaysSoWhileTheMemoryGrowsAndShrinks() {
    Anchors first = anchors(DIGITS.slice(0, 100));
    Anchors more = first.and(anchors(DIGITS.slice(100, 300)));
    EncodedExamples task = DIGITS.slice(300, 400);
    Set<ByteBuffer> before =
        payloads(HeldOut.of(task, first, 0.2, 1).get(Sources.ANCHORS_HELD_OUT));
    Set<ByteBuffer> after = payloads(HeldOut.of(task, more, 0.2, 1).get(Sources.ANCHORS_HELD_OUT));
    Set<ByteBuffer> fewer =
        payloads(HeldOut.of(task, more.limited(150), 0.2, 1).get(Sources.ANCHORS_HELD_OUT));
    assertTrue(after.containsAll(before));
    assertTrue(after.containsAll(fewer));
  }

  @Test
  void someOfEveryTaskAreHeldOutHoweverFewOfAClassThereAre() {
    Anchors memory = anchors(DIGITS.slice(0, 200)).limited(20);
    assertTrue(Arrays.stream(memory.ranks()).max().getAsInt() < 3);
    int heldOut = 0;
    for (int task = 0; task < 5; task++) {
      Anchors later = anchors(DIGITS.slice(200 * task, 200 * task + 200)).limited(20);
      heldOut += sets(later, 0.2).get(Sources.ANCHORS_HELD_OUT).size();
    }
    assertTrue(heldOut > 8 && heldOut < 32, heldOut + " of 100");
    Anchors shrunk = anchors(DIGITS.slice(0, 1000).withLabels(IntStream.range(0, 1000).toArray()));
    int left = sets(shrunk.limited(100), 0.2).get(Sources.ANCHORS_HELD_OUT).size();
    assertTrue(left > 8 && left < 32, left + " of 100, though all ranks are 0");
    assertEquals(100 - left, HeldOut.seen(shrunk.limited(100), 0.2).size());
    Map<String, EncodedExamples> two = sets(memory.limited(2), 0.2);
    assertEquals(1, two.get(Sources.ANCHORS_HELD_OUT).size());
    assertEquals(1, two.get(Sources.ANCHORS).size());
  }

  private static Map<String, EncodedExamples> sets(Anchors memory, double share) {
    return HeldOut.of(DIGITS.slice(1000, 1100), memory, share, 1);
  }

  @Test
  void oneAnchorIsRefused() {
    Anchors one = anchors(DIGITS.slice(0, 1));
    FipException failure = assertThrows(FipException.class, () -> sets(one, 0.2));
    assertEquals(FipException.Category.DATA, failure.category());
    assertTrue(failure.getMessage().contains("path.anchorWeight"), failure.getMessage());
  }
}
