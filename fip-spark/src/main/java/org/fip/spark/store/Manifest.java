package org.fip.spark.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.fip.core.FipException;

/**
 * What a committed folder holds: each file with its size and SHA-256. It is the last file written
 * into the folder.
 *
 * @param step the step of a waypoint; empty for another folder
 * @param previous the step of the waypoint before; empty for the first and for another folder
 * @param files by name
 */
record Manifest(OptionalLong step, OptionalLong previous, Map<String, Entry> files) {
  /** The name in a waypoint's folder. */
  static final String WAYPOINT_FILE = "manifest.json";

  /** The name in a network's folder, where {@code manifest.json} may be the network's own. */
  static final String NETWORK_FILE = "fip-manifest.json";

  private static final int BLOCK_BYTES = 1 << 16;

  /** One file. */
  record Entry(long size, String sha256) {}

  Manifest {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /** The bytes of all files together. */
  long bytes() {
    return files.values().stream().mapToLong(Entry::size).sum();
  }

  void write(OutputStream out) throws IOException {
    ObjectNode root = SealedJson.object();
    step.ifPresent(value -> root.put("step", value));
    previous.ifPresent(value -> root.put("previous", value));
    ObjectNode node = root.putObject("files");
    files.forEach(
        (name, entry) ->
            node.putObject(name).put("size", entry.size()).put("sha256", entry.sha256()));
    out.write(SealedJson.toBytes(root));
  }

  /**
   * Reads the manifest of a folder.
   *
   * @throws FipException with category DATA when it is missing or damaged
   */
  static Manifest read(HadoopFolder folder, String name) {
    ObjectNode root;
    try (InputStream in = folder.open(name)) {
      root = SealedJson.read(in, folder.resolve(name));
    } catch (IOException e) {
      throw Failures.reading(e, folder.resolve(name));
    }
    Map<String, Entry> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> file : root.path("files").properties()) {
      JsonNode entry = file.getValue();
      files.put(
          file.getKey(), new Entry(entry.path("size").asLong(), entry.path("sha256").asText()));
    }
    return new Manifest(number(root.get("step")), number(root.get("previous")), files);
  }

  /**
   * Checks size and SHA-256 of every file.
   *
   * @throws FipException with category DATA that names the first file that differs
   */
  void verify(HadoopFolder folder) {
    files.keySet().forEach(name -> verify(folder, name));
  }

  /** Checks size and SHA-256 of one file, which must be listed. */
  void verify(HadoopFolder folder, String name) {
    Entry expected = files.get(name);
    if (expected == null) {
      throw FipException.data("%s: is missing in the manifest", folder.resolve(name));
    }
    Entry actual;
    try (InputStream in = folder.open(name)) {
      actual = measure(in);
    } catch (IOException e) {
      throw Failures.reading(e, folder.resolve(name));
    }
    if (actual.size() != expected.size()) {
      throw FipException.data(
          "%s: is damaged, it has %d bytes, the manifest says %d",
          folder.resolve(name), actual.size(), expected.size());
    }
    if (!actual.sha256().equals(expected.sha256())) {
      throw FipException.data(
          "%s: is damaged, its SHA-256 is %s, the manifest says %s",
          folder.resolve(name), actual.sha256(), expected.sha256());
    }
  }

  private static Entry measure(InputStream in) throws IOException {
    MessageDigest digest = SealedJson.sha256();
    byte[] block = new byte[BLOCK_BYTES];
    long size = 0;
    for (int count = in.read(block); count >= 0; count = in.read(block)) {
      digest.update(block, 0, count);
      size += count;
    }
    return new Entry(size, HexFormat.of().formatHex(digest.digest()));
  }

  private static OptionalLong number(JsonNode node) {
    return node == null ? OptionalLong.empty() : OptionalLong.of(node.asLong());
  }
}
