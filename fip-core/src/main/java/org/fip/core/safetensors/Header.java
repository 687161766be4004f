package org.fip.core.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;

/**
 * The JSON header of a safetensors file, read strictly: the tensors must cover the data section
 * without overlap, gap or rest, and each must have as many bytes as its shape and type say.
 *
 * @param metadata the free text
 * @param tensors the tensors in data order
 */
record Header(Map<String, String> metadata, List<TensorInfo> tensors) {
  static final String METADATA_KEY = "__metadata__";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Parses the header of the file at {@code location} with {@code dataBytes} bytes after it. */
  static Header parse(byte[] bytes, long dataBytes, String location) {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : object(bytes, location).properties()) {
      if (entry.getKey().equals(METADATA_KEY)) {
        readMetadata(entry.getValue(), metadata, location);
      } else {
        tensors.add(tensor(entry.getKey(), entry.getValue(), location));
      }
    }
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    checkCover(tensors, dataBytes, location);
    return new Header(Collections.unmodifiableMap(metadata), List.copyOf(tensors));
  }

  /** The bytes of a header, padded with spaces so that the data after it starts aligned to 8. */
  byte[] toBytes() {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject(METADATA_KEY);
      metadata.forEach(node::put);
    }
    for (TensorInfo tensor : tensors) {
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.dtype());
      tensor.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
    }
    String text = root.toString();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat(Math.floorMod(-length, 8))).getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode object(byte[] bytes, String location) {
    if (bytes.length == 0 || bytes[0] != '{') {
      throw FipException.data("%s: the safetensors header does not start with '{'", location);
    }
    try {
      return JSON.readTree(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw FipException.data("%s: the safetensors header is not UTF-8", location);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw FipException.data("%s: the safetensors header is not valid JSON: %s", location, reason);
    }
  }

  private static void readMetadata(JsonNode node, Map<String, String> target, String location) {
    if (!node.isObject()) {
      throw FipException.data("%s: %s in the header is not an object", location, METADATA_KEY);
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw FipException.data(
            "%s: %s entry '%s' in the header is not a string",
            location, METADATA_KEY, entry.getKey());
      }
      target.put(entry.getKey(), entry.getValue().textValue());
    }
  }

  private static TensorInfo tensor(String name, JsonNode node, String location) {
    JsonNode dtype = node.path("dtype");
    JsonNode offsets = node.path("data_offsets");
    if (!dtype.isTextual() || !node.path("shape").isArray() || offsets.size() != 2) {
      throw FipException.data(
          "%s: tensor '%s' needs a dtype, a shape and two data_offsets in the header",
          location, name);
    }
    List<Long> shape = new ArrayList<>();
    for (JsonNode dimension : node.path("shape")) {
      shape.add(natural(dimension, "shape", name, location));
    }
    long begin = natural(offsets.get(0), "data_offsets", name, location);
    long end = natural(offsets.get(1), "data_offsets", name, location);
    if (begin > end) {
      throw FipException.data(
          "%s: tensor '%s' ends at byte %d before it begins at %d", location, name, end, begin);
    }
    TensorInfo tensor = new TensorInfo(name, dtype.textValue(), shape, begin, end);
    checkBytes(tensor, location);
    return tensor;
  }

  private static long natural(JsonNode node, String key, String name, String location) {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw FipException.data(
          "%s: tensor '%s' has %s in its %s, expected a whole number from 0 to 2^63-1",
          location, name, node, key);
    }
    return node.longValue();
  }

  /**
   * Types that are only carried through have no size known here, and are held by the cover alone.
   */
  private static void checkBytes(TensorInfo tensor, String location) {
    Optional<ElementType> type = ElementType.find(tensor.dtype());
    long expected;
    try {
      expected =
          Math.multiplyExact(tensor.elements(), (long) type.map(ElementType::size).orElse(1));
    } catch (ArithmeticException e) {
      throw FipException.data(
          "%s: tensor '%s' of shape %s has more than 2^63-1 bytes",
          location, tensor.name(), tensor.shape());
    }
    if (type.isPresent() && expected != tensor.bytes()) {
      throw FipException.data(
          "%s: tensor '%s' of type %s and shape %s needs %d bytes, the header gives it %d",
          location, tensor.name(), tensor.dtype(), tensor.shape(), expected, tensor.bytes());
    }
  }

  private static void checkCover(List<TensorInfo> tensors, long dataBytes, String location) {
    long position = 0;
    for (TensorInfo tensor : tensors) {
      if (tensor.begin() != position) {
        throw FipException.data(
            "%s: tensor '%s' begins at data byte %d, the tensor before ends at %d (%s)",
            location,
            tensor.name(),
            tensor.begin(),
            position,
            tensor.begin() < position ? "overlap" : "gap");
      }
      position = tensor.end();
      if (position > dataBytes) {
        throw FipException.data(
            "%s: tensor '%s' ends at data byte %d, the file has %d data bytes; it is truncated",
            location, tensor.name(), position, dataBytes);
      }
    }
    if (position != dataBytes) {
      throw FipException.data(
          "%s: %d bytes follow the last tensor, which ends at data byte %d",
          location, dataBytes - position, position);
    }
  }
}
