package org.fip.core.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fip.core.network.ChannelGroup.Member;
import org.fip.core.network.WeightLayout.Slot;

/** Which channels of a network stay when those that are zero are left out, and its tensors then. */
final class SmallerNetwork {
  private final List<ChannelGroup> groups;

  /** For each group, whether a channel has an element that is not zero. */
  private final List<boolean[]> alive = new ArrayList<>();

  /** For each tensor the positions that stay, by axis. */
  private final Map<String, Map<Integer, int[]>> staying = new HashMap<>();

  SmallerNetwork(Graph graph, WeightLayout layout, float[] weights) {
    groups = graph.channels();
    for (ChannelGroup group : groups) {
      boolean[] found = new boolean[group.channels()];
      for (Member member : group.members()) {
        layout
            .find(member.parameter().name())
            .ifPresent(slot -> look(member, slot, weights, found));
      }
      alive.add(found);
    }
  }

  private static void look(Member member, Slot slot, float[] weights, boolean[] found) {
    int length = member.parameter().shape().get(member.axis());
    for (int i = 0; i < slot.parameter().size(); i++) {
      if (weights[slot.offset() + i] != 0) {
        found[i / member.stride() % length / member.width()] = true;
      }
    }
  }

  /** How many channels each group needs, at least one. */
  Map<String, Integer> channels() {
    Map<String, Integer> needed = new LinkedHashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      int count = 0;
      for (boolean one : alive.get(i)) {
        count += one ? 1 : 0;
      }
      needed.put(groups.get(i).name(), Math.max(1, count));
    }
    return needed;
  }

  /** Takes as many channels as another graph has places for, some that are zero if need be. */
  void fit(Graph other) {
    for (int i = 0; i < groups.size(); i++) {
      ChannelGroup group = groups.get(i);
      int places = other.channels().get(i).channels();
      int[] kept = kept(alive.get(i), places);
      for (Member member : group.members()) {
        int[] positions = new int[kept.length * member.width()];
        for (int p = 0; p < positions.length; p++) {
          positions[p] = kept[p / member.width()] * member.width() + p % member.width();
        }
        staying
            .computeIfAbsent(member.parameter().name(), name -> new HashMap<>())
            .put(member.axis(), positions);
      }
    }
  }

  private static int[] kept(boolean[] alive, int places) {
    int spare = places;
    for (boolean one : alive) {
      spare -= one ? 1 : 0;
    }
    int[] kept = new int[places];
    int at = 0;
    for (int channel = 0; channel < alive.length; channel++) {
      if (alive[channel] || spare-- > 0) {
        kept[at++] = channel;
      }
    }
    return kept;
  }

  /** The values of a layout at the positions that stay. */
  float[] cut(WeightLayout from, float[] values, WeightLayout to) {
    float[] cut = new float[to.size()];
    for (Slot slot : to.slots()) {
      Slot source = from.find(slot.parameter().name()).orElseThrow();
      cut(source, values, slot, cut);
    }
    return cut;
  }

  private void cut(Slot source, float[] values, Slot target, float[] cut) {
    List<Integer> shape = source.parameter().shape();
    Map<Integer, int[]> positions = staying.getOrDefault(target.parameter().name(), Map.of());
    int[] rows = positions.getOrDefault(0, all(shape.get(0)));
    int[] columns = positions.getOrDefault(1, all(shape.size() > 1 ? shape.get(1) : 1));
    int width = shape.size() > 1 ? shape.get(1) : 1;
    int inner = source.parameter().size() / (shape.get(0) * width);
    int at = target.offset();
    for (int row : rows) {
      for (int column : columns) {
        System.arraycopy(values, source.offset() + (row * width + column) * inner, cut, at, inner);
        at += inner;
      }
    }
  }

  private static int[] all(int length) {
    int[] all = new int[length];
    for (int i = 0; i < length; i++) {
      all[i] = i;
    }
    return all;
  }
}
