package org.fip.core.network;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;
import org.fip.core.safetensors.FlatTensor;

/**
 * Where each trainable tensor lies in the flat weight vector w: one after the other, each
 * row-major, in the order of their data in the checkpoint.
 */
public final class WeightLayout {

  /**
   * One tensor's place in w.
   *
   * @param parameter the tensor
   * @param offset index in w of its first element
   */
  public record Slot(Parameter parameter, int offset) implements Serializable {
    /** Index in w after its last element. */
    public int end() {
      return offset + parameter.size();
    }
  }

  /** How safetensors files written by the library order names: as unsigned bytes of UTF-8. */
  public static final Comparator<String> NAME_ORDER =
      Comparator.comparing(
          name -> name.getBytes(java.nio.charset.StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final int size;

  /** A layout of these tensors in this order. */
  public WeightLayout(List<Parameter> parameters) {
    long offset = 0;
    for (Parameter parameter : parameters) {
      slots.put(parameter.name(), new Slot(parameter, (int) offset));
      offset += parameter.size();
      if (offset > Integer.MAX_VALUE - 8) {
        throw FipException.data(
            "the network has more than %d trainable weights, the limit of one flat vector",
            Integer.MAX_VALUE - 8);
      }
    }
    size = (int) offset;
  }

  /** P, the length of w. */
  public int size() {
    return size;
  }

  /** All tensors in the order of w. */
  public List<Slot> slots() {
    return new ArrayList<>(slots.values());
  }

  /** The same as slices of the flat vector, as files are written from it. */
  public List<FlatTensor> tensors() {
    return slots.values().stream()
        .map(
            slot ->
                new FlatTensor(
                    slot.parameter().name(),
                    slot.parameter().shape().stream().map(Integer::longValue).toList(),
                    slot.offset(),
                    slot.parameter().size()))
        .toList();
  }

  /** The same tensors in the same order, with what other parameters of their names are. */
  WeightLayout of(Map<String, Parameter> byName) {
    return new WeightLayout(slots.keySet().stream().map(byName::get).toList());
  }

  /** The place of a tensor, if it is part of w. */
  public Optional<Slot> find(String name) {
    return Optional.ofNullable(slots.get(name));
  }
}
