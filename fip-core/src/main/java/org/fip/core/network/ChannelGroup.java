package org.fip.core.network;

import java.io.Serializable;
import java.util.List;

/**
 * Channels that one layer makes and others read, and nothing else does: neurons of a linear layer,
 * channels of a convolution, heads of an attention. With the members' elements of a channel at zero
 * the channel is zero, whatever the input, and can be taken out of the network.
 *
 * @param name the layer that makes them, as its tensors are named
 * @param channels how many there are
 * @param members the tensors that hold them
 */
public record ChannelGroup(String name, int channels, List<Member> members)
    implements Serializable {

  /** Copies the members. */
  public ChannelGroup {
    members = List.copyOf(members);
  }

  /**
   * A tensor with a slice for each channel: positions {@code channel * width} to {@code (channel +
   * 1) * width} of an axis.
   *
   * @param parameter the tensor
   * @param axis 0 where it makes the channels, 1 where it reads them
   * @param width positions of one channel
   */
  public record Member(Parameter parameter, int axis, int width) implements Serializable {

    /** Whether it reads the channels. */
    public boolean reads() {
      return axis == 1;
    }

    /** Elements between two neighbours along the axis. */
    public int stride() {
      return parameter.shape().stream().skip(axis + 1L).reduce(1, Math::multiplyExact);
    }
  }
}
