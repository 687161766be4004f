package org.fip.spark.recipe;

import java.io.Serializable;

/**
 * How anchors are varied before every step; the reference network says what their outputs must
 * stay.
 *
 * @param mixture whether each anchor is mixed convexly with another one; default true
 * @param shift largest random shift of an image in each direction, in pixels; 0 for none; default 2
 */
public record WideningSettings(boolean mixture, int shift) implements Serializable {
  static WideningSettings read(Section section) {
    return new WideningSettings(section.bool("mixture"), section.smallInteger("shift", 0, 1024));
  }
}
