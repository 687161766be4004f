package org.fip.core.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows the channels that layers make to the layers that read them, while a graph is written.
 * What mixes channels or reads them in another way ends them: residual sums, normalisations over
 * channels, the logits.
 */
final class Channels {
  private final Map<String, Flow> flows = new HashMap<>();
  private final Set<Open> open = new LinkedHashSet<>();

  /** Channels of a value: each takes {@code width} neighbours of its channel axis. */
  private record Flow(Open group, int width) {}

  /** A group that may still get members. */
  private static final class Open {
    private final String name;
    private final int channels;
    private final List<ChannelGroup.Member> members = new ArrayList<>();
    private boolean ended;

    Open(String name, int channels) {
      this.name = name;
      this.channels = channels;
    }

    boolean isRead() {
      return members.stream().anyMatch(ChannelGroup.Member::reads);
    }
  }

  /** A layer makes the channels of a value with these tensors, axis 0 of each. */
  void make(Value y, String name, int channels, Parameter... tensors) {
    Open group = new Open(name, channels);
    for (Parameter tensor : tensors) {
      group.members.add(new ChannelGroup.Member(tensor, 0, 1));
    }
    open.add(group);
    flows.put(y.name(), new Flow(group, 1));
  }

  /** A layer reads the channels of a value along axis 1 of a tensor. */
  void read(Value x, Parameter tensor) {
    Flow flow = flows.get(x.name());
    if (flow != null) {
      flow.group.members.add(new ChannelGroup.Member(tensor, 1, flow.width));
    }
  }

  /** A value has the channels of another, zero where those are. */
  Value pass(Value x, Value y) {
    return pass(x, y, 1);
  }

  /** The same, each channel taking so many times as many neighbours. */
  Value pass(Value x, Value y, int times) {
    Flow flow = flows.get(x.name());
    if (flow != null) {
      flows.put(y.name(), new Flow(flow.group, flow.width * times));
    }
    return y;
  }

  /** Channels of these values are needed as they are. */
  void end(Value... values) {
    for (Value value : values) {
      Flow flow = flows.get(value.name());
      if (flow != null) {
        flow.group.ended = true;
      }
    }
  }

  /** An attention makes heads of what makes its queries, keys and values. */
  void attend(Value q, Value k, Value v, int heads, Value y) {
    List<Flow> three = Arrays.asList(flows.get(q.name()), flows.get(k.name()), flows.get(v.name()));
    end(q, k, v);
    if (three.contains(null) || three.stream().anyMatch(f -> f.width != 1 || f.group.isRead())) {
      return;
    }
    String name = three.get(0).group.name;
    Open group = new Open(name.substring(0, Math.max(0, name.lastIndexOf('.'))), heads);
    for (Flow flow : three) {
      for (ChannelGroup.Member member : flow.group.members) {
        group.members.add(
            new ChannelGroup.Member(member.parameter(), 0, flow.group.channels / heads));
      }
    }
    open.add(group);
    flows.put(y.name(), new Flow(group, y.axis(-1) / heads));
  }

  /** The groups whose channels only their members make and read. */
  List<ChannelGroup> groups() {
    return open.stream()
        .filter(group -> !group.ended && group.isRead())
        .map(group -> new ChannelGroup(group.name, group.channels, group.members))
        .toList();
  }
}
