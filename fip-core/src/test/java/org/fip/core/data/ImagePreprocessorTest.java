package org.fip.core.data;

import static org.fip.core.data.ExamplesTest.assertData;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ImagePreprocessorTest {

  private static final String PLAIN =
      "\"do_resize\": false, \"do_rescale\": false, \"do_normalize\": false";
  private static final String CONVNEXT = "\"image_processor_type\": \"ConvNextImageProcessor\"";
  private static final String CLIP = "\"image_processor_type\": \"CLIPImageProcessor\"";
  private static final ImageShape GREY = new ImageShape(1, 1, 3);
  private static final RawImage IMAGE = new RawImage(GREY, new byte[] {0, (byte) 128, (byte) 255});

  @Test
  void bytesAreUnsigned() {
    assertArrayEquals(new float[] {0, 128, 255}, of(PLAIN).apply(IMAGE, GREY));
  }

  @Test
  void rescaleThenNormaliseInFloat32() {
    ImagePreprocessor preprocessor =
        of(
            "\"do_resize\": false, \"rescale_factor\": 0.00392156862745098,"
                + " \"image_mean\": [0.286], \"image_std\": [0.353]");
    float half = (float) (128 * 0.00392156862745098);
    assertArrayEquals(
        new float[] {(0f - 0.286f) / 0.353f, (half - 0.286f) / 0.353f, (1f - 0.286f) / 0.353f},
        preprocessor.apply(IMAGE, GREY));
  }

  @Test
  void missingKeysHaveTheDefaultsOfTheProcessor() {
    float[] pixels = of("").apply(IMAGE, new ImageShape(1, 224, 224));
    assertEquals(224 * 224, pixels.length);
    assertEquals(-1f, pixels[0]);
    assertEquals(1f, pixels[223]);
    of("\"feature_extractor_type\": \"DeiTFeatureExtractor\"")
        .apply(IMAGE, new ImageShape(3, 224, 224));
  }

  @Test
  void convNextWarpsToASquareFromASizeOf384() {
    RawImage image = new RawImage(new ImageShape(1, 2, 3), new byte[] {0, 50, 100, 90, 60, 30});
    ImageShape square = new ImageShape(1, 384, 384);
    ImagePreprocessor plain = of(CONVNEXT + ", \"do_rescale\": false, \"do_normalize\": false");
    assertArrayEquals(
        Resize.BICUBIC.apply(image, 384, 384).pixels(),
        plain.fit(image, ImageInput.of(square)).pixels());
    ImagePreprocessor below = of(CONVNEXT + ", \"size\": 383");
    RawImage larger = Resize.BICUBIC.apply(image, 437, 655);
    byte[] row = below.fit(image, ImageInput.anySize(1)).pixels();
    assertEquals(larger.pixels()[27 * 655 + 136], row[0]);
  }

  @Test
  void clipConvertsToColourAndHasAMeanForEachChannel() {
    RawImage image = new RawImage(new ImageShape(1, 224, 300), new byte[224 * 300]);
    float[] pixels = of(CLIP).apply(image, new ImageShape(3, 224, 224));
    assertEquals((float) -0.48145466 / (float) 0.26862954, pixels[0]);
    assertEquals((float) -0.4578275 / (float) 0.26130258, pixels[224 * 224]);
    assertEquals((float) -0.40821073 / (float) 0.27577711, pixels[2 * 224 * 224]);
    assertData(
        "f: do_convert_rgb is true and the network takes 1 channel(s); set it to false",
        () -> of(CLIP).apply(image, new ImageShape(1, 224, 224)));
  }

  @Test
  void eachChannelHasItsOwnMeanAndDeviation() {
    ImagePreprocessor preprocessor =
        of(
            "\"do_resize\": false, \"do_rescale\": false,"
                + " \"image_mean\": [1, 2, 3], \"image_std\": [1, 2, 4]");
    RawImage image = new RawImage(new ImageShape(3, 1, 1), new byte[] {5, 6, 7});
    assertArrayEquals(new float[] {4, 2, 1}, preprocessor.apply(image, image.shape()));
    assertArrayEquals(
        new float[] {-1, 127, 254, -1, 63, 126.5f, -0.75f, 31.25f, 63},
        preprocessor.apply(IMAGE, new ImageShape(3, 1, 3)));
  }

  @Test
  void oneMeanForAllChannelsMayBeANumber() {
    ImagePreprocessor preprocessor =
        of("\"do_resize\": false, \"do_rescale\": false, \"image_mean\": 1, \"image_std\": 2");
    RawImage image = new RawImage(new ImageShape(3, 1, 1), new byte[] {5, 7, 9});
    assertArrayEquals(new float[] {2, 3, 4}, preprocessor.apply(image, image.shape()));
  }

  @Test
  void theCenterIsCroppedOnceResized() {
    ImagePreprocessor crop = of(PLAIN + ", \"do_center_crop\": true, \"crop_size\": 2");
    byte[] pixels = new byte[2 * 4 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    RawImage image = new RawImage(new ImageShape(1, 6, 4), pixels);
    assertArrayEquals(new float[] {9, 10, 13, 14}, crop.apply(image, new ImageShape(1, 2, 2)));
    assertData(
        "f: crop_size 2x2 is larger than an image of shape 1x1x3; correct crop_size",
        () -> crop.apply(IMAGE, new ImageShape(1, 2, 2)));
  }

  @Test
  void anImageOfAnotherShapeIsRefusedWithBothShapes() {
    assertData(
        "the image is 1x1x3, preprocessed 1x1x3, and the network takes 1x2x3; set do_resize and"
            + " size in f, or give images of that shape",
        () -> of(PLAIN).apply(IMAGE, new ImageShape(1, 2, 3)));
    assertData(
        "the image is 1x1x3, preprocessed 1x5x4, and the network takes 1x4x5; correct size or"
            + " crop_size in f",
        () -> of("\"size\": {\"height\": 5, \"width\": 4}").apply(IMAGE, new ImageShape(1, 4, 5)));
    assertData(
        "an image of shape 1x1x3 has 1 channels and the network takes 4; only 1 and 3 convert",
        () -> of(PLAIN).apply(IMAGE, new ImageShape(4, 1, 3)));
  }

  @Test
  void channelsThatDoNotFitTheConfigurationAreRefused() {
    assertData(
        "f: image_mean and image_std have 3 values and the network takes 1 channels; give one for"
            + " each channel",
        () ->
            of("\"do_resize\": false, \"image_mean\": [1, 2, 3], \"image_std\": [1, 1, 1]")
                .apply(IMAGE, GREY));
    assertData(
        "f: do_convert_rgb is true and the network takes 1 channel(s); set it to false",
        () -> of(PLAIN + ", \"do_convert_rgb\": true").apply(IMAGE, GREY));
    assertData(
        "f: image_mean has 3 values and image_std has 2; give as many of both",
        () -> of("\"image_mean\": [1, 2, 3], \"image_std\": [1, 1]"));
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    assertData(
        "f: resample is 4; supported: 0 (nearest), 1 (Lanczos), 2 (bilinear) or 3 (bicubic)",
        () -> of("\"resample\": 4"));
    assertData(
        "f: size is {\"shortest_edge\":256}; supported: a whole number or {height, width}",
        () -> of("\"size\": {\"shortest_edge\": 256}"));
    assertData(
        "f: size is {\"height\":8,\"width\":8}; supported: a whole number or {shortest_edge}",
        () -> of(CONVNEXT + ", \"size\": {\"height\": 8, \"width\": 8}"));
    assertData(
        "f: size is {\"shortest_edge\":8,\"longest_edge\":9}; supported: a whole number or"
            + " {shortest_edge} or {height, width}",
        () -> of(CLIP + ", \"size\": {\"shortest_edge\": 8, \"longest_edge\": 9}"));
    assertData(
        "f: crop_pct is 1.5; supported: above 0, at most 1",
        () -> of(CONVNEXT + ", \"size\": 8, \"crop_pct\": 1.5"));
    assertData("f: do_pad is true; supported: false", () -> of("\"do_pad\": true"));
    of(PLAIN + ", \"do_pad\": false, \"do_flip_channel_order\": null");
    assertData(
        "f: do_resize is \"yes\"; supported: true or false", () -> of("\"do_resize\": \"yes\""));
    assertData(
        "f: image_processor_type is EfficientNetImageProcessor; supported: [BitImageProcessor,"
            + " CLIPImageProcessor, ConvNextImageProcessor, DeiTImageProcessor, ViTImageProcessor]",
        () -> of("\"image_processor_type\": \"EfficientNetImageProcessor\""));
    assertData(
        "f: rescale_factor is \"1/255\"; supported: finite numbers",
        () -> of("\"rescale_factor\": \"1/255\""));
    assertData(
        "f: image_std is 0.0; supported: values above 0", () -> of("\"image_std\": [0.5, 0, 1]"));
    assertData(
        "f: data_format is \"channels_last\"; supported: channels_first",
        () -> of("\"data_format\": \"channels_last\""));
    assertData(
        "f: expected a JSON object",
        () -> new ImagePreprocessor(new ObjectMapper().readTree("[]"), "f"));
  }

  static ImagePreprocessor of(String keys) {
    try {
      return new ImagePreprocessor(new ObjectMapper().readTree("{" + keys + "}"), "f");
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
