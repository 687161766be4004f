package org.fip.spark.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/** Reads one JSON object a line. Lines are cut as bytes, so that each error has its line. */
final class JsonLines implements TableReader {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);
  private static final int LONGEST = 1 << 28;

  private final SourceFile file;
  private final ImportOptions options;
  private final LabelColumn labels;
  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private int number;

  JsonLines(SourceFile file, ImportOptions options, LabelColumn labels) throws IOException {
    this.file = file;
    this.options = options;
    this.labels = labels;
    in = file.open();
  }

  @Override
  public TableRecord next() throws IOException {
    while (readLine()) {
      byte[] bytes = line.toByteArray();
      if (!isBlank(bytes)) {
        return record(bytes);
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean readLine() throws IOException {
    line.reset();
    number++;
    boolean any = false;
    while (fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, position, end - position);
      if (line.size() > LONGEST) {
        throw FipException.data("%s is longer than %d bytes; cut it", where(), LONGEST);
      }
      position = Math.min(end + 1, limit);
      if (end < limit) {
        return true;
      }
    }
    return any;
  }

  /** Whether there is a byte at the position, read if need be. */
  private boolean fill() throws IOException {
    if (position == limit) {
      position = 0;
      limit = Math.max(0, in.read(buffer));
    }
    return position < limit;
  }

  private TableRecord record(byte[] bytes) throws IOException {
    JsonNode object;
    try {
      object = JSON.readValue(bytes);
    } catch (JsonProcessingException e) {
      throw new FipException(
          Category.DATA,
          where()
              + " is no JSON object ("
              + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("")
              + "); write one a line",
          e);
    }
    if (!object.isObject()) {
      throw FipException.data("%s is no JSON object; write one a line", where());
    }
    JsonNode text = value(object, options.textColumn(), "--text-column");
    if (!text.isTextual()) {
      throw FipException.data("%s: %s is no string; correct it", where(), options.textColumn());
    }
    return new TableRecord(text.textValue(), code(object));
  }

  private int code(JsonNode object) {
    JsonNode label = value(object, options.labelColumn(), "--label-column");
    if (label.isTextual()) {
      return labels.addName(label.textValue(), where());
    }
    if (label.isIntegralNumber() && label.canConvertToLong()) {
      return labels.addNumber(label.longValue(), where());
    }
    throw FipException.data(
        "%s: label %s is neither an integer nor a string; correct it", where(), label);
  }

  private JsonNode value(JsonNode object, String key, String option) {
    JsonNode value = object.get(key);
    if (value == null) {
      throw FipException.data("%s has no key %s; add it, or give %s", where(), key, option);
    }
    return value;
  }

  private String where() {
    return "line " + number + " of " + file;
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte each : bytes) {
      if (each != ' ' && each != '\t' && each != '\r') {
        return false;
      }
    }
    return true;
  }
}
