package org.fip.core.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fip.core.FipException;
import org.fip.core.storage.FileNames;
import org.fip.core.storage.Folder;

/**
 * The weights in a Hugging Face folder: {@code model.safetensors}, or the shards that {@code
 * model.safetensors.index.json} names, as one set of tensors. As in {@code transformers}, the
 * single file is taken when both are there.
 */
public final class Checkpoint implements TensorSource {
  /** The name of an unsharded weight file. */
  public static final String FILE = "model.safetensors";

  /** The name of the index of a sharded set. */
  public static final String INDEX = "model.safetensors.index.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String location;
  private final TreeMap<String, SafetensorsReader> readers = new TreeMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, TensorInfo> byName = new HashMap<>();
  private final Map<String, String> fileOf = new HashMap<>();

  private Checkpoint(String location) {
    this.location = location;
  }

  /**
   * Opens the weights of a folder and checks all headers and the index.
   *
   * @throws FipException NOT_FOUND when there are none, DATA when a file is damaged or the index
   *     and the shards disagree, STORAGE when the folder cannot be read
   */
  public static Checkpoint open(Folder folder) {
    Checkpoint checkpoint = new Checkpoint(folder.location());
    try {
      if (folder.exists(FILE)) {
        checkpoint.addFile(folder, FILE);
      } else if (folder.exists(INDEX)) {
        checkpoint.addShards(folder);
      } else {
        throw notFound(folder);
      }
      return checkpoint;
    } catch (IOException e) {
      checkpoint.close();
      throw FipException.storage(e, "%s: cannot be read: %s", folder.location(), e.getMessage());
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** The weight files, sorted by name. */
  public List<String> files() {
    return List.copyOf(readers.keySet());
  }

  /** The name of the file that a tensor of this set is in. */
  public String fileOf(TensorInfo tensor) {
    String file = fileOf.get(tensor.name());
    if (file == null) {
      throw FipException.data("%s: tensor '%s' is missing", location, tensor.name());
    }
    return file;
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Map<String, String> metadata() {
    return readers.firstEntry().getValue().metadata();
  }

  @Override
  public List<TensorInfo> tensors() {
    return List.copyOf(tensors);
  }

  @Override
  public Optional<TensorInfo> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public void readFloats(TensorInfo tensor, float[] target, int offset) {
    reader(tensor).readFloats(tensor, target, offset);
  }

  @Override
  public double[] readDoubles(TensorInfo tensor) {
    return reader(tensor).readDoubles(tensor);
  }

  @Override
  public long[] readLongs(TensorInfo tensor) {
    return reader(tensor).readLongs(tensor);
  }

  @Override
  public byte[] readBytes(TensorInfo tensor) {
    return reader(tensor).readBytes(tensor);
  }

  @Override
  public void transfer(TensorInfo tensor, OutputStream target) throws IOException {
    reader(tensor).transfer(tensor, target);
  }

  @Override
  public void close() {
    readers.values().forEach(SafetensorsReader::close);
  }

  private SafetensorsReader reader(TensorInfo tensor) {
    return readers.get(fileOf(tensor));
  }

  private void addFile(Folder folder, String file) throws IOException {
    SafetensorsReader reader =
        SafetensorsReader.open(folder.openRandom(file), location + "/" + file);
    readers.put(file, reader);
    for (TensorInfo tensor : reader.tensors()) {
      String other = fileOf.put(tensor.name(), file);
      if (other != null) {
        throw FipException.data(
            "%s: tensor '%s' is in %s and in %s", location, tensor.name(), other, file);
      }
      byName.put(tensor.name(), tensor);
      tensors.add(tensor);
    }
  }

  private void addShards(Folder folder) throws IOException {
    Map<String, String> index = readIndex(folder);
    for (String file : index.values().stream().sorted().distinct().toList()) {
      try {
        addFile(folder, file);
      } catch (NoSuchFileException | FileNotFoundException e) {
        throw FipException.data(
            "%s: %s names the shard %s, which is missing", location, INDEX, file);
      }
    }
    index.forEach(this::requireShard);
    for (TensorInfo tensor : tensors) {
      if (!index.containsKey(tensor.name())) {
        throw FipException.data(
            "%s: tensor '%s' of %s is missing in %s",
            location, tensor.name(), fileOf(tensor), INDEX);
      }
    }
  }

  private void requireShard(String tensor, String file) {
    String actual = fileOf.get(tensor);
    if (!file.equals(actual)) {
      throw FipException.data(
          "%s: %s says tensor '%s' is in %s, it is in %s",
          location, INDEX, tensor, file, actual == null ? "none of the shards" : actual);
    }
  }

  private Map<String, String> readIndex(Folder folder) throws IOException {
    JsonNode map = parse(folder).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw FipException.data("%s: %s has no weight_map", location, INDEX);
    }
    Map<String, String> index = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String file = FileNames.check(entry.getValue().asText(), location + "/" + INDEX);
      index.put(entry.getKey(), file);
    }
    return index;
  }

  private JsonNode parse(Folder folder) throws IOException {
    try (InputStream in = folder.open(INDEX)) {
      return JSON.readTree(in);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw FipException.data("%s: %s is not valid JSON: %s", location, INDEX, reason);
    }
  }

  private static FipException notFound(Folder folder) throws IOException {
    boolean pickled = folder.names().stream().anyMatch(name -> name.endsWith(".bin"));
    return FipException.notFound(
        "%s: there is no %s and no %s%s",
        folder.location(),
        FILE,
        INDEX,
        pickled ? "; pickled .bin weights are never read, save them as safetensors" : "");
  }
}
