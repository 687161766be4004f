package org.fip.spark.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;

/**
 * A JSON document that carries its own SHA-256 under the key {@code seal}, taken over the document
 * without that key, so that a flipped bit in a file that describes others is found too.
 */
final class SealedJson {
  private static final int FORMAT_VERSION = 1;
  private static final String VERSION = "formatVersion";
  private static final String SEAL = "seal";
  private static final ObjectMapper JSON = new ObjectMapper();

  private SealedJson() {}

  /** A new document of the current format version. */
  static ObjectNode object() {
    return JSON.createObjectNode().put(VERSION, FORMAT_VERSION);
  }

  /** The bytes of the document with its seal. */
  static byte[] toBytes(ObjectNode document) {
    ObjectNode sealed = document.deepCopy();
    sealed.remove(SEAL);
    sealed.put(SEAL, HexFormat.of().formatHex(sha256().digest(pretty(sealed))));
    return pretty(sealed);
  }

  /**
   * Reads a document.
   *
   * @throws FipException with category DATA when it is of another format version or not what {@link
   *     #toBytes} wrote
   */
  static ObjectNode read(InputStream in, Path where) throws IOException {
    byte[] bytes = in.readAllBytes();
    JsonNode document = parse(bytes, where);
    JsonNode version = document.path(VERSION);
    if (version.isIntegralNumber() && version.asLong() != FORMAT_VERSION) {
      throw FipException.data(
          "%s: has format version %s, this program reads %d; use the version that wrote it",
          where, version, FORMAT_VERSION);
    }
    if (document instanceof ObjectNode object && Arrays.equals(toBytes(object), bytes)) {
      return object;
    }
    throw FipException.data("%s: is damaged, its content does not match its seal", where);
  }

  private static JsonNode parse(byte[] bytes, Path where) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw FipException.data("%s: is damaged, it is not valid JSON", where);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  private static byte[] pretty(ObjectNode document) {
    return (document.toPrettyString().replace("\r\n", "\n") + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
