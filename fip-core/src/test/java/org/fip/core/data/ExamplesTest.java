package org.fip.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;

class ExamplesTest {

  private static final int[] NONE = {};

  @Test
  void imagesAreOneInputNamedPixelValues() {
    Examples examples =
        Examples.images(1, 1, 2, new float[] {1, 2, 3, 4, 5, 6}, new int[] {7, 8, 9});
    assertEquals(3, examples.size());
    Examples.Input input = examples.inputs().get(0);
    assertEquals("pixel_values", input.name());
    assertEquals(List.of(1, 1, 2), input.shape());
  }

  @Test
  void selectedSlicedAndJoinedRowsKeepTheirLabels() {
    Examples examples =
        Examples.images(1, 1, 2, new float[] {1, 2, 3, 4, 5, 6}, new int[] {7, 8, 9});
    Examples turned = examples.select(new int[] {2, 0, 2});
    assertArrayEquals(new float[] {5, 6, 1, 2, 5, 6}, turned.inputs().get(0).floats());
    assertArrayEquals(new int[] {9, 7, 9}, turned.labels());
    Examples joined = Examples.concat(List.of(examples.slice(0, 1), examples.slice(1, 3)));
    assertArrayEquals(examples.inputs().get(0).floats(), joined.inputs().get(0).floats());
    assertArrayEquals(examples.labels(), joined.labels());
    assertEquals(0, examples.slice(1, 1).size());
  }

  @Test
  void integerInputsAreCutAndJoinedToo() {
    Examples.Input ids = new Examples.Input("input_ids", List.of(2), null, new int[] {1, 2, 3, 4});
    Examples.Input mask =
        new Examples.Input("attention_mask", List.of(2), null, new int[] {1, 1, 1, 0});
    Examples examples = new Examples(2, List.of(ids, mask), NONE);
    Examples joined = Examples.concat(List.of(examples.slice(1, 2), examples));
    assertArrayEquals(new int[] {3, 4, 1, 2, 3, 4}, joined.inputs().get(0).integers());
    assertArrayEquals(new int[] {1, 0, 1, 1, 1, 0}, joined.inputs().get(1).integers());
    assertEquals(0, joined.labels().length);
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedByRow() {
    assertData(
        "row 1: input pixel_values holds NaN at position 1; give finite values",
        () -> Examples.images(1, 1, 2, new float[] {1, 2, 3, Float.NaN}, NONE));
    assertData(
        "row 0: input pixel_values holds -Infinity at position 0; give finite values",
        () -> Examples.images(1, 1, 2, new float[] {Float.NEGATIVE_INFINITY, 2}, NONE));
  }

  @Test
  void lengthsThatDoNotAgreeAreRefusedWithBothValues() {
    assertData(
        "5 values are no whole number of images of shape 1x1x2",
        () -> Examples.images(1, 1, 2, new float[5], NONE));
    assertData(
        "2 examples have 3 labels; there must be one for each, or none",
        () -> Examples.images(1, 1, 2, new float[4], new int[3]));
    assertData(
        "row 1: label -1; labels start at 0",
        () -> Examples.images(1, 1, 2, new float[4], new int[] {0, -1}));
    Examples.Input input = new Examples.Input("input_ids", List.of(3), null, new int[5]);
    assertData(
        "input input_ids has 5 values; 2 examples of shape [3] need 6",
        () -> new Examples(2, List.of(input), NONE));
  }

  @Test
  void blocksOfDifferentFormDoNotJoin() {
    Examples small = Examples.images(1, 1, 2, new float[2], NONE);
    Examples large = Examples.images(1, 2, 2, new float[4], NONE);
    assertData(
        "examples with the inputs [pixel_values[1, 2, 2]] cannot follow examples with"
            + " [pixel_values[1, 1, 2]]; use data of one form",
        () -> Examples.concat(List.of(small, large)));
    Examples labelled = Examples.images(1, 1, 2, new float[2], new int[1]);
    assertData(
        "1 examples with 1 labels cannot follow 1 with 0; label all or none",
        () -> Examples.concat(List.of(small, labelled)));
  }

  static void assertData(String message, org.junit.jupiter.api.function.Executable executable) {
    FipException e = assertThrows(FipException.class, executable);
    assertEquals(message, e.getMessage());
    assertEquals(FipException.Category.DATA, e.category());
    assertEquals(1, e.getMessage().lines().count());
  }
}
