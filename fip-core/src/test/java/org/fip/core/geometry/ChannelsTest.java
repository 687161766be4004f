package org.fip.core.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.fip.core.engine.Precision;
import org.fip.core.engine.Program;
import org.fip.core.network.ChannelGroup;
import org.fip.core.network.ChannelGroup.Member;
import org.fip.core.network.NetworkConfig;
import org.fip.core.network.TensorSelection;
import org.fip.core.network.WeightLayout.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What graphs say of their channels, against what the programs compute. */
class ChannelsTest {

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("perceptron", TestNetworks.perceptron("relu"), List.of("fc1 7", "fc2 5")),
        Arguments.of(
            "convolutional",
            TestNetworks.convolutional("tanh", "max"),
            List.of("conv1 3", "conv2 4", "fc1 6", "fc2 5")),
        Arguments.of(
            "VGG", TestNetworks.vgg(true), List.of("features.0 3", "features.4 4", "features.7 5")),
        Arguments.of(
            "ResNet",
            TestNetworks.resnet("ResNetCifar", "cifar", "B"),
            List.of("layer1.0.conv1 3", "layer2.0.conv1 5", "layer2.1.conv1 5")),
        Arguments.of(
            "ResNet, bottleneck",
            TestNetworks.huggingFaceResnet("bottleneck", false),
            List.of(
                "resnet.embedder.embedder.convolution 4",
                "resnet.encoder.stages.0.layers.0.layer.0.convolution 2",
                "resnet.encoder.stages.0.layers.0.layer.1.convolution 2",
                "resnet.encoder.stages.1.layers.0.layer.0.convolution 3",
                "resnet.encoder.stages.1.layers.0.layer.1.convolution 3",
                "resnet.encoder.stages.1.layers.1.layer.0.convolution 3",
                "resnet.encoder.stages.1.layers.1.layer.1.convolution 3")),
        Arguments.of(
            "BERT",
            TestNetworks.bert("gelu"),
            List.of(
                "bert.encoder.layer.0.attention.self 3",
                "bert.encoder.layer.0.intermediate.dense 7",
                "bert.encoder.layer.1.attention.self 3",
                "bert.encoder.layer.1.intermediate.dense 7",
                "bert.pooler.dense 6")),
        Arguments.of(
            "ViT without bias",
            TestNetworks.vision("ViTForImageClassification", "gelu", false),
            List.of(
                "vit.encoder.layer.0.attention.attention 2",
                "vit.encoder.layer.0.intermediate.dense 5",
                "vit.encoder.layer.1.attention.attention 2",
                "vit.encoder.layer.1.intermediate.dense 5")),
        Arguments.of(
            "DeiT with teacher",
            TestNetworks.vision("DeiTForImageClassificationWithTeacher", "gelu", true),
            List.of(
                "deit.encoder.layer.0.attention.attention 2",
                "deit.encoder.layer.0.intermediate.dense 5",
                "deit.encoder.layer.1.attention.attention 2",
                "deit.encoder.layer.1.intermediate.dense 5")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void channelsAreThoseBetweenLayersThatNothingElseReads(
      String name, NetworkConfig config, List<String> expected) {
    try (RandomPoint point = new RandomPoint(config, TensorSelection.ALL, 1)) {
      List<ChannelGroup> groups = point.graph.channels();
      assertEquals(expected, groups.stream().map(g -> g.name() + " " + g.channels()).toList());
    }
  }

  /** Nothing passes a channel but what its members say, on either side of it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void aRemovedChannelIsGoneWhetherItIsNotMadeOrNotRead(
      String name, NetworkConfig config, List<String> expected) {
    try (RandomPoint point = new RandomPoint(config, TensorSelection.ALL, 2)) {
      double[] whole = Program.doubles(point.logits(point.w));
      for (ChannelGroup group : point.graph.channels()) {
        boolean counts = false;
        for (int channel = 0; channel < group.channels(); channel++) {
          double[] unread = without(point, group, channel, Member::reads);
          double[] unmade = without(point, group, channel, member -> !member.reads());
          assertArrayEquals(unread, unmade, 1e-12, group.name());
          assertArrayEquals(unread, without(point, group, channel, member -> true), 1e-12);
          counts |= !Arrays.equals(whole, unread);
        }
        assertTrue(counts, group.name() + " does nothing");
      }
    }
  }

  private static double[] without(
      RandomPoint point, ChannelGroup group, int channel, Predicate<Member> members) {
    double[] w = Program.doubles(point.w);
    for (Member member : group.members()) {
      Slot slot = point.layout.find(member.parameter().name()).orElse(null);
      if (slot != null && members.test(member)) {
        int length = member.parameter().shape().get(member.axis());
        for (int i = 0; i < member.parameter().size(); i++) {
          if (i / member.stride() % length / member.width() == channel) {
            w[slot.offset() + i] = 0;
          }
        }
      }
    }
    NDArray weights = Program.upload(point.manager, w, Precision.FLOAT64, new Shape(w.length));
    return Program.doubles(point.logits(weights));
  }

  @Test
  void channelsThatAreAddedToOthersStay() {
    try (RandomPoint point =
        new RandomPoint(TestNetworks.resnet("ResNetCifar", "cifar", "A"), TensorSelection.ALL, 3)) {
      assertFalse(
          point.graph.channels().stream()
              .anyMatch(g -> g.name().endsWith("conv2") || g.name().equals("conv1")));
    }
  }
}
