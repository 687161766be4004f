package org.fip.core.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Iterator;
import java.util.Set;
import org.fip.core.FipException;

/**
 * The image processing that a network's {@code preprocessor_config.json} asks for, in this order:
 * grey or colour as the network takes it, resize, center crop, rescale, normalise. A missing key
 * has the default of the named Hugging Face processor. A value that is not supported is refused by
 * name when the configuration is read.
 *
 * <p>A byte goes to {@code (float) (byte * rescale_factor)}, then {@code (value - mean) / std} in
 * float32, mean and std of its channel. There are only 256 bytes, so each channel is one table.
 */
public final class ImagePreprocessor {

  private static final Set<String> TYPES =
      Set.of("ViTImageProcessor", "DeiTImageProcessor", "ConvNextImageProcessor");
  private static final Set<String> KNOWN_STEPS =
      Set.of("do_convert_rgb", "do_resize", "do_center_crop", "do_rescale", "do_normalize");

  /** A height and a width to bring images to. */
  private record Size(int height, int width) {}

  private final String location;
  private final boolean convertRgb;
  private final Resize resize;
  private final Size size;
  private final Size crop;
  private final float[][] tables;
  private final boolean sameForAllChannels;

  /**
   * Reads a configuration.
   *
   * @param config the parsed {@code preprocessor_config.json}
   * @param location the file, for messages
   * @throws FipException DATA naming the key and value that is not supported
   */
  public ImagePreprocessor(JsonNode config, String location) {
    this.location = location;
    String type = type(config);
    refuseUnsupported(config, type);
    boolean deit = type.equals("DeiTImageProcessor");
    convertRgb = flag(config, "do_convert_rgb", false);
    size = flag(config, "do_resize", true) ? size(config, "size", deit ? 256 : 224) : null;
    resize = size == null ? null : resample(config, deit ? Resize.BICUBIC : Resize.BILINEAR);
    crop = flag(config, "do_center_crop", deit) ? size(config, "crop_size", 224) : null;
    boolean rescale = flag(config, "do_rescale", true);
    double factor = rescale ? number(config, "rescale_factor", 1 / 255.0) : 1;
    boolean normalize = flag(config, "do_normalize", true);
    double[] means = normalize ? numbers(config, "image_mean", 0.5) : new double[] {0};
    double[] deviations = normalize ? numbers(config, "image_std", 0.5) : new double[] {1};
    boolean listed = value(config, "image_mean").isArray() || value(config, "image_std").isArray();
    sameForAllChannels = !normalize || !listed;
    tables = tables(factor, means, deviations);
  }

  /** The preprocessed pixels of one image, {@code [channels, height, width]} of the network. */
  public float[] apply(RawImage image, ImageShape network) {
    float[] target = new float[network.pixels()];
    apply(image, network, target, 0);
    return target;
  }

  /**
   * Writes the preprocessed pixels of one image to {@code target} from {@code offset}.
   *
   * @param network the shape that the network takes
   * @throws FipException DATA with both shapes when the image does not come out in that shape
   */
  public void apply(RawImage image, ImageShape network, float[] target, int offset) {
    RawImage ready = spatial(channels(image, network));
    if (!ready.shape().equals(network)) {
      String advice =
          size == null && crop == null
              ? "set do_resize and size in " + location + ", or give images of that shape"
              : "correct size or crop_size in " + location;
      throw FipException.data(
          "the image is %s, preprocessed %s, and the network takes %s; %s",
          image.shape(), ready.shape(), network, advice);
    }
    if (!sameForAllChannels && tables.length != network.channels()) {
      throw FipException.data(
          "%s: image_mean and image_std have %d values and the network takes %d channels; give one"
              + " for each channel",
          location, tables.length, network.channels());
    }
    int plane = network.height() * network.width();
    for (int i = 0; i < network.pixels(); i++) {
      float[] table = tables[sameForAllChannels ? 0 : i / plane];
      target[offset + i] = table[ready.pixels()[i] & 0xFF];
    }
  }

  private RawImage channels(RawImage image, ImageShape network) {
    if (convertRgb && network.channels() != 3) {
      throw FipException.data(
          "%s: do_convert_rgb is true and the network takes %d channel(s); set it to false",
          location, network.channels());
    }
    return image.withChannels(network.channels());
  }

  private RawImage spatial(RawImage image) {
    RawImage resized = size == null ? image : resize.apply(image, size.height(), size.width());
    return crop == null ? resized : centerCrop(resized);
  }

  private RawImage centerCrop(RawImage image) {
    ImageShape from = image.shape();
    if (from.height() < crop.height() || from.width() < crop.width()) {
      throw FipException.data(
          "%s: crop_size %dx%d is larger than an image of shape %s; correct crop_size",
          location, crop.height(), crop.width(), from);
    }
    ImageShape to = new ImageShape(from.channels(), crop.height(), crop.width());
    int top = (from.height() - crop.height()) / 2;
    int left = (from.width() - crop.width()) / 2;
    byte[] pixels = new byte[to.pixels()];
    for (int row = 0; row < to.channels() * to.height(); row++) {
      int channel = row / to.height();
      int sourceRow = channel * from.height() + top + row % to.height();
      System.arraycopy(
          image.pixels(), sourceRow * from.width() + left, pixels, row * to.width(), to.width());
    }
    return new RawImage(to, pixels);
  }

  private float[][] tables(double factor, double[] means, double[] deviations) {
    int count = Math.max(means.length, deviations.length);
    if ((means.length != count && means.length != 1)
        || (deviations.length != count && deviations.length != 1)) {
      throw FipException.data(
          "%s: image_mean has %d values and image_std has %d; give as many of both",
          location, means.length, deviations.length);
    }
    float[][] result = new float[count][256];
    for (int channel = 0; channel < count; channel++) {
      float mean = (float) means[means.length == 1 ? 0 : channel];
      float deviation = (float) deviations[deviations.length == 1 ? 0 : channel];
      if (!(deviation > 0)) {
        throw unsupported("image_std", String.valueOf(deviation), "values above 0");
      }
      for (int value = 0; value < 256; value++) {
        result[channel][value] = ((float) (value * factor) - mean) / deviation;
      }
    }
    return result;
  }

  private String type(JsonNode config) {
    if (!config.isObject()) {
      throw FipException.data("%s: the preprocessor configuration is no JSON object", location);
    }
    JsonNode named = value(config, "image_processor_type");
    if (named.isMissingNode()) {
      named = value(config, "feature_extractor_type");
    }
    String type =
        named
            .asText("ViTImageProcessor")
            .replace("FeatureExtractor", "ImageProcessor")
            .replace("ImageProcessorFast", "ImageProcessor");
    if (!named.isMissingNode() && !TYPES.contains(type)) {
      throw unsupported("image_processor_type", named.asText(), TYPES.stream().sorted().toList());
    }
    return type;
  }

  private void refuseUnsupported(JsonNode config, String type) {
    for (Iterator<String> names = config.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.startsWith("do_") && !KNOWN_STEPS.contains(name) && flag(config, name, false)) {
        throw unsupported(name, "true", "false");
      }
    }
    if (type.equals("ConvNextImageProcessor") && flag(config, "do_resize", true)) {
      throw unsupported("do_resize of ConvNextImageProcessor", "true", "false");
    }
    JsonNode format = value(config, "data_format");
    if (!format.isMissingNode() && !format.asText().equals("channels_first")) {
      throw unsupported("data_format", format.toString(), "channels_first");
    }
  }

  private Resize resample(JsonNode config, Resize fallback) {
    JsonNode node = value(config, "resample");
    if (node.isMissingNode()) {
      return fallback;
    }
    return switch (node.isIntegralNumber() ? node.asInt() : -1) {
      case 2 -> Resize.BILINEAR;
      case 3 -> Resize.BICUBIC;
      default -> throw unsupported("resample", node.toString(), "2 (bilinear) or 3 (bicubic)");
    };
  }

  private Size size(JsonNode config, String key, int fallback) {
    JsonNode node = value(config, key);
    if (node.isMissingNode()) {
      return new Size(fallback, fallback);
    }
    JsonNode height = node.isObject() ? value(node, "height") : node;
    JsonNode width = node.isObject() ? value(node, "width") : node;
    if (!positive(height) || !positive(width)) {
      throw unsupported(key, node.toString(), "a whole number or {height, width}");
    }
    return new Size(height.asInt(), width.asInt());
  }

  private static boolean positive(JsonNode node) {
    return node.canConvertToInt() && node.isIntegralNumber() && node.asInt() > 0;
  }

  private boolean flag(JsonNode config, String key, boolean fallback) {
    JsonNode node = value(config, key);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw unsupported(key, node.toString(), "true or false");
    }
    return node.asBoolean(fallback);
  }

  private double number(JsonNode config, String key, double fallback) {
    JsonNode node = value(config, key);
    return node.isMissingNode() ? fallback : finite(key, node);
  }

  private double[] numbers(JsonNode config, String key, double fallback) {
    JsonNode node = value(config, key);
    if (!node.isArray()) {
      return new double[] {number(config, key, fallback)};
    }
    double[] numbers = new double[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = finite(key, node.get(i));
    }
    if (numbers.length == 0) {
      throw unsupported(key, node.toString(), "one number for each channel");
    }
    return numbers;
  }

  private double finite(String key, JsonNode node) {
    if (!node.isNumber() || !Double.isFinite(node.asDouble())) {
      throw unsupported(key, node.toString(), "finite numbers");
    }
    return node.asDouble();
  }

  private static JsonNode value(JsonNode config, String key) {
    JsonNode node = config.path(key);
    return node.isNull() ? MissingNode.getInstance() : node;
  }

  private FipException unsupported(String key, String found, Object supported) {
    return FipException.data("%s: %s is %s; supported: %s", location, key, found, supported);
  }
}
