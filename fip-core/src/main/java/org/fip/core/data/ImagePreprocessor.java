package org.fip.core.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
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

  private static final Set<String> KNOWN_STEPS =
      Set.of("do_convert_rgb", "do_resize", "do_center_crop", "do_rescale", "do_normalize");

  /** From this size on, a ConvNext processor warps images to a square instead of cropping them. */
  private static final int CONVNEXT_WARPS_FROM = 384;

  private final String location;
  private final boolean convertRgb;
  private final List<UnaryOperator<RawImage>> spatialSteps;
  private final float[][] tables;
  private final boolean sameForAllChannels;
  private final double bytesOfOne;

  /**
   * Reads a configuration.
   *
   * @param json the parsed {@code preprocessor_config.json}
   * @param location the file, for messages
   * @throws FipException DATA naming the key and value that is not supported
   */
  public ImagePreprocessor(JsonNode json, String location) {
    this.location = location;
    Settings config = new Settings(json, location);
    ImageProcessorType type = type(config);
    refuseUnsupported(config);
    convertRgb = config.flag("do_convert_rgb", type.convertRgb());
    spatialSteps = spatialSteps(config, type);
    boolean rescale = config.flag("do_rescale", true);
    double factor = rescale ? config.number("rescale_factor", 1 / 255.0) : 1;
    bytesOfOne = rescale ? 1 / factor : 255;
    boolean normalize = config.flag("do_normalize", true);
    double[] means = normalize ? config.numbers("image_mean", type.mean()) : new double[] {0};
    double[] deviations = normalize ? config.numbers("image_std", type.std()) : new double[] {1};
    tables = tables(config, factor, means, deviations);
    boolean listed = config.get("image_mean").isArray() || config.get("image_std").isArray();
    sameForAllChannels = !normalize || (!listed && tables.length == 1);
  }

  /** The preprocessed pixels of one image, {@code [channels, height, width]} of the network. */
  public float[] apply(RawImage image, ImageShape network) {
    float[] target = new float[network.pixels()];
    normalise(fit(image, ImageInput.of(network)), target, 0);
    return target;
  }

  /**
   * The image as bytes with the channels, the height and the width that the network sees.
   *
   * @throws FipException DATA with both shapes when the image does not come out as the network
   *     takes it
   */
  RawImage fit(RawImage image, ImageInput network) {
    RawImage ready = channels(image, network.channels());
    for (UnaryOperator<RawImage> step : spatialSteps) {
      ready = step.apply(ready);
    }
    if (!network.accepts(ready.shape())) {
      throw FipException.data(
          "the image is %s, preprocessed %s, and the network takes %s; %s",
          image.shape(), ready.shape(), network, sizeAdvice("of that shape"));
    }
    return ready;
  }

  /**
   * Where pixels from 0 to 1 lie after normalisation; without rescaling, 1 is a byte of 255.
   *
   * @throws FipException DATA when the rescaling turns images into negatives
   */
  public PixelRange range(int channels) {
    List<Float> low = new ArrayList<>();
    List<Float> scale = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      float[] table = tables[Math.min(channel, tables.length - 1)];
      double perByte = ((double) table[255] - table[0]) / 255;
      if (!(perByte > 0)) {
        throw FipException.data(
            "%s: pixels of 0 and 255 become %s and %s; the larger must become the larger",
            location, table[0], table[255]);
      }
      low.add(table[0]);
      scale.add((float) (perByte * bytesOfOne));
    }
    return new PixelRange(low, scale);
  }

  /** What a user can do about the sizes of images, to give them as {@code wanted}. */
  String sizeAdvice(String wanted) {
    return spatialSteps.isEmpty()
        ? "set do_resize and size in " + location + ", or give images " + wanted
        : "correct size or crop_size in " + location;
  }

  /** Rescales and normalises a fitted image into {@code target} from {@code offset}. */
  void normalise(RawImage image, float[] target, int offset) {
    ImageShape shape = image.shape();
    int plane = shape.height() * shape.width();
    for (int i = 0; i < shape.pixels(); i++) {
      float[] table = tables[sameForAllChannels ? 0 : i / plane];
      target[offset + i] = table[image.pixels()[i] & 0xFF];
    }
  }

  private RawImage channels(RawImage image, int channels) {
    if (convertRgb && channels != 3) {
      throw FipException.data(
          "%s: do_convert_rgb is true and the network takes %d channel(s); set it to false",
          location, channels);
    }
    if (!sameForAllChannels && tables.length != channels) {
      throw FipException.data(
          "%s: image_mean and image_std have %d values and the network takes %d channels; give one"
              + " for each channel",
          location, tables.length, channels);
    }
    return image.withChannels(channels);
  }

  private List<UnaryOperator<RawImage>> spatialSteps(Settings config, ImageProcessorType type) {
    List<UnaryOperator<RawImage>> steps = new ArrayList<>();
    if (config.flag("do_resize", true)) {
      Resize resize = resample(config, type.resample());
      int edge = edge(config, type);
      if (edge == 0) {
        ImageShape fixed = sides(config, "size", type.size());
        steps.add(image -> resize.apply(image, fixed.height(), fixed.width()));
      } else if (type == ImageProcessorType.CONVNEXT && edge >= CONVNEXT_WARPS_FROM) {
        steps.add(image -> resize.apply(image, edge, edge));
      } else if (type == ImageProcessorType.CONVNEXT) {
        int larger = (int) (edge / cropShare(config));
        steps.add(image -> resizeShorterEdge(image, resize, larger));
        steps.add(image -> centerCrop(image, edge, edge));
      } else {
        steps.add(image -> resizeShorterEdge(image, resize, edge));
      }
    }
    if (config.flag("do_center_crop", type.centerCrop())) {
      ImageShape crop = sides(config, "crop_size", 224);
      steps.add(image -> centerCrop(image, crop.height(), crop.width()));
    }
    return steps;
  }

  /** The length that {@code size} gives the shorter edge, or 0 when it gives both sides. */
  private static int edge(Settings config, ImageProcessorType type) {
    if (!type.keepsRatio()) {
      return 0;
    }
    JsonNode size = config.get("size");
    if (size.isMissingNode()) {
      return type.size();
    }
    boolean bothAllowed = type != ImageProcessorType.CONVNEXT;
    if (bothAllowed && size.has("height") && size.has("width") && size.size() == 2) {
      return 0;
    }
    JsonNode edge = size.isObject() && size.size() == 1 ? size.path("shortest_edge") : size;
    if (!positive(edge)) {
      String both = bothAllowed ? " or {height, width}" : "";
      throw config.unsupported("size", size, "a whole number or {shortest_edge}" + both);
    }
    return edge.asInt();
  }

  private static double cropShare(Settings config) {
    double share = config.number("crop_pct", 224 / 256.0);
    if (!(share > 0 && share <= 1)) {
      throw config.unsupported("crop_pct", share, "above 0, at most 1");
    }
    return share;
  }

  private static RawImage resizeShorterEdge(RawImage image, Resize resize, int edge) {
    int height = image.shape().height();
    int width = image.shape().width();
    int longer = (int) ((double) ((long) edge * Math.max(height, width)) / Math.min(height, width));
    return width <= height ? resize.apply(image, longer, edge) : resize.apply(image, edge, longer);
  }

  private RawImage centerCrop(RawImage image, int height, int width) {
    ImageShape from = image.shape();
    if (from.height() < height || from.width() < width) {
      throw FipException.data(
          "%s: crop_size %dx%d is larger than an image of shape %s; correct crop_size",
          location, height, width, from);
    }
    ImageShape to = from.resized(height, width);
    int top = (from.height() - height) / 2;
    int left = (from.width() - width) / 2;
    byte[] pixels = new byte[to.pixels()];
    for (int row = 0; row < to.channels() * height; row++) {
      int channel = row / height;
      int sourceRow = channel * from.height() + top + row % height;
      System.arraycopy(image.pixels(), sourceRow * from.width() + left, pixels, row * width, width);
    }
    return new RawImage(to, pixels);
  }

  private static float[][] tables(
      Settings config, double factor, double[] means, double[] deviations) {
    int count = Math.max(means.length, deviations.length);
    if ((means.length != count && means.length != 1)
        || (deviations.length != count && deviations.length != 1)) {
      throw FipException.data(
          "%s: image_mean has %d values and image_std has %d; give as many of both",
          config.location(), means.length, deviations.length);
    }
    float[][] result = new float[count][256];
    for (int channel = 0; channel < count; channel++) {
      float mean = (float) means[means.length == 1 ? 0 : channel];
      float deviation = (float) deviations[deviations.length == 1 ? 0 : channel];
      if (!(deviation > 0)) {
        throw config.unsupported("image_std", deviation, "values above 0");
      }
      for (int value = 0; value < 256; value++) {
        result[channel][value] = ((float) (value * factor) - mean) / deviation;
      }
    }
    return result;
  }

  private static ImageProcessorType type(Settings config) {
    JsonNode named = config.get("image_processor_type");
    if (named.isMissingNode()) {
      named = config.get("feature_extractor_type");
    }
    if (named.isMissingNode()) {
      return ImageProcessorType.VIT;
    }
    String name = named.asText();
    return ImageProcessorType.named(name)
        .orElseThrow(
            () -> config.unsupported("image_processor_type", name, ImageProcessorType.names()));
  }

  private static void refuseUnsupported(Settings config) {
    for (Iterator<String> names = config.json().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.startsWith("do_") && !KNOWN_STEPS.contains(name) && config.flag(name, false)) {
        throw config.unsupported(name, "true", "false");
      }
    }
    JsonNode format = config.get("data_format");
    if (!format.isMissingNode() && !format.asText().equals("channels_first")) {
      throw config.unsupported("data_format", format, "channels_first");
    }
  }

  private static Resize resample(Settings config, Resize fallback) {
    JsonNode node = config.get("resample");
    if (node.isMissingNode()) {
      return fallback;
    }
    return Resize.numbered(node.isIntegralNumber() ? node.asInt() : -1)
        .orElseThrow(
            () ->
                config.unsupported(
                    "resample", node, "0 (nearest), 1 (Lanczos), 2 (bilinear) or 3 (bicubic)"));
  }

  /** A height and a width, as the shape of one plane. */
  private static ImageShape sides(Settings config, String key, int fallback) {
    JsonNode node = config.get(key);
    if (node.isMissingNode()) {
      return new ImageShape(1, fallback, fallback);
    }
    JsonNode height = node.isObject() ? Settings.get(node, "height") : node;
    JsonNode width = node.isObject() ? Settings.get(node, "width") : node;
    if (!positive(height) || !positive(width)) {
      throw config.unsupported(key, node, "a whole number or {height, width}");
    }
    return new ImageShape(1, height.asInt(), width.asInt());
  }

  private static boolean positive(JsonNode node) {
    return node.canConvertToInt() && node.isIntegralNumber() && node.asInt() > 0;
  }
}
