package org.fip.core.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The image processors of Hugging Face that are followed, with their defaults. */
enum ImageProcessorType {
  VIT("ViTImageProcessor", 224, false, Resize.BILINEAR, false),
  DEIT("DeiTImageProcessor", 256, false, Resize.BICUBIC, true),
  CONVNEXT("ConvNextImageProcessor", 384, true, Resize.BICUBIC, false),
  BIT("BitImageProcessor", 224, true, Resize.BICUBIC, true),
  CLIP("CLIPImageProcessor", 224, true, Resize.BICUBIC, true);

  private static final double[] HALF = {0.5};
  private static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] CLIP_STD = {0.26862954, 0.26130258, 0.27577711};

  private final String processor;
  private final int size;
  private final boolean keepsRatio;
  private final Resize resample;
  private final boolean centerCrop;

  ImageProcessorType(
      String processor, int size, boolean keepsRatio, Resize resample, boolean centerCrop) {
    this.processor = processor;
    this.size = size;
    this.keepsRatio = keepsRatio;
    this.resample = resample;
    this.centerCrop = centerCrop;
  }

  /** The type of that class name, in its fast form or under its former name too. */
  static Optional<ImageProcessorType> named(String name) {
    String processor =
        name.replace("FeatureExtractor", "ImageProcessor")
            .replace("ImageProcessorFast", "ImageProcessor");
    return Arrays.stream(values()).filter(type -> type.processor.equals(processor)).findFirst();
  }

  /** All class names, sorted. */
  static List<String> names() {
    return Arrays.stream(values()).map(type -> type.processor).sorted().toList();
  }

  /** The default of {@code size}. */
  int size() {
    return size;
  }

  /** Whether a {@code size} of one number is that of the shorter edge, and not of both. */
  boolean keepsRatio() {
    return keepsRatio;
  }

  /** The default of {@code resample}. */
  Resize resample() {
    return resample;
  }

  /** The default of {@code do_center_crop}. */
  boolean centerCrop() {
    return centerCrop;
  }

  /** The default of {@code do_convert_rgb}. */
  boolean convertRgb() {
    return followsClip();
  }

  /** The default of {@code image_mean}. */
  double[] mean() {
    return followsClip() ? CLIP_MEAN : HALF;
  }

  /** The default of {@code image_std}. */
  double[] std() {
    return followsClip() ? CLIP_STD : HALF;
  }

  private boolean followsClip() {
    return this == BIT || this == CLIP;
  }
}
