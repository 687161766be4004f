package org.fip.core.sparsity;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.fip.core.network.ChannelGroup;
import org.fip.core.network.ChannelGroup.Member;
import org.fip.core.network.Graph;
import org.fip.core.network.Parameter;
import org.fip.core.network.WeightLayout.Slot;

/**
 * Whole channels: neurons of a linear layer, channels of a convolution with their normalisation,
 * heads of an attention. All that makes and reads a channel becomes zero. Each layer keeps at least
 * one. Channels that a residual sum reads stay.
 */
record Channel() implements Pattern {

  @Override
  public Units units(Graph graph, List<Slot> counted) {
    Map<String, Slot> slots = new HashMap<>();
    counted.forEach(slot -> slots.put(slot.parameter().name(), slot));
    return new Removable(
        graph.channels().stream().filter(group -> isWhole(group, slots)).toList(), slots);
  }

  private static boolean isWhole(ChannelGroup group, Map<String, Slot> slots) {
    return group.members().stream()
        .map(Member::parameter)
        .allMatch(
            tensor -> tensor.role() == Parameter.Role.CONSTANT || slots.containsKey(tensor.name()));
  }

  @Override
  public String definition() {
    return "all weights and offsets that make or read a removed channel (neuron, convolution channel,"
        + " attention head) are zero";
  }

  @Override
  public String label() {
    return "channel";
  }

  /** Units of a channel, layers of one group. */
  private static final class Removable implements Units {
    private static final long serialVersionUID = 1;
    private final List<ChannelGroup> groups;
    private final List<List<Part>> parts = new ArrayList<>();
    private final int[] first;

    /** A member's place in w. */
    private record Part(Slot slot, Member member) implements Serializable {
      void forEach(int channel, IntConsumer index) {
        int length = member.parameter().shape().get(member.axis()) * member.stride();
        int run = member.width() * member.stride();
        for (int from = slot.offset(); from < slot.end(); from += length) {
          for (int i = 0; i < run; i++) {
            index.accept(from + channel * run + i);
          }
        }
      }
    }

    Removable(List<ChannelGroup> groups, Map<String, Slot> slots) {
      this.groups = groups;
      first = new int[groups.size() + 1];
      for (int i = 0; i < groups.size(); i++) {
        first[i + 1] = first[i] + groups.get(i).channels();
        parts.add(
            groups.get(i).members().stream()
                .filter(member -> slots.containsKey(member.parameter().name()))
                .map(member -> new Part(slots.get(member.parameter().name()), member))
                .toList());
      }
    }

    @Override
    public int count() {
      return first[groups.size()];
    }

    @Override
    public void forEach(int unit, IntConsumer index) {
      int layer = layer(unit);
      parts.get(layer).forEach(part -> part.forEach(unit - first[layer], index));
    }

    /** What reads a channel decides what it is worth: what makes it may have any scale. */
    @Override
    public void forEachScored(int unit, IntConsumer index) {
      int layer = layer(unit);
      parts.get(layer).stream()
          .filter(part -> part.member.reads())
          .forEach(part -> part.forEach(unit - first[layer], index));
    }

    @Override
    public int layer(int unit) {
      int at = Arrays.binarySearch(first, unit);
      return at < 0 ? -at - 2 : at;
    }

    @Override
    public int layers() {
      return groups.size();
    }

    @Override
    public int group(int unit) {
      return layer(unit);
    }

    @Override
    public int groups() {
      return groups.size();
    }

    @Override
    public int removable(int group) {
      return groups.get(group).channels() - 1;
    }
  }
}
