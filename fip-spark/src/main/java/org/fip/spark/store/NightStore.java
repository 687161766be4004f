package org.fip.spark.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.storage.Folder;

/**
 * A store that grows by one path a night, in one folder of a Hadoop file system.
 *
 * <pre>
 * latest.json            which night's network is published, with the SHA-256 of its manifest
 * nights/2026-11-24/     the path store of a night: a path from the network published before it
 * nights/2026-11-24/night.json   what came of it; the night has ended once it is there
 * lock/                  who writes
 * </pre>
 *
 * <p>Each night is a path store of its own because its network may have more outputs than those
 * before. {@code latest.json} is put in place by one rename, also where there are no symbolic
 * links. It names the newest night that it was moved for as well, so that moving it back to an
 * older one is not undone.
 */
public final class NightStore {
  private static final String LATEST = "latest";
  private static final String RECORD = "night";
  private static final String NIGHTS = "nights";
  private static final String NIGHT = "night";
  private static final String TAKEN = "taken";
  private static final String NETWORK = "network";
  private static final String SHA256 = "manifestSha256";

  private final Configuration configuration;
  private final DurableFiles files;
  private final Path root;
  private final Comparator<String> order;

  /**
   * What is published.
   *
   * @param night whose network
   * @param taken the newest night that was published
   * @param network its folder, from the store's root
   * @param manifestSha256 of that folder's manifest, which has those of all its files
   */
  public record Latest(String night, String taken, String network, String manifestSha256) {}

  private NightStore(
      Configuration configuration, DurableFiles files, Path root, Comparator<String> order) {
    this.configuration = configuration;
    this.files = files;
    this.root = files.qualify(root);
    this.order = order;
  }

  /**
   * The store at a place, which need not exist.
   *
   * @param order of the names of nights
   */
  public static NightStore at(Configuration configuration, Path root, Comparator<String> order) {
    return new NightStore(configuration, DurableFiles.of(configuration, root), root, order);
  }

  /** Whether a folder holds nights, begun or published. */
  public static boolean isAt(Configuration configuration, Path root) {
    DurableFiles files = DurableFiles.of(configuration, root);
    try {
      return files.exists(new Path(root, LATEST + ".json"))
          || (files.exists(new Path(root, NIGHTS)) && !files.exists(new Path(root, "path.json")));
    } catch (IOException e) {
      throw Failures.storage(e, root, "cannot be looked at");
    }
  }

  /** The same store, where nothing is put in place once the right to write to it is lost. */
  public NightStore guardedBy(StoreLock lock) {
    return new NightStore(configuration, files.guardedBy(lock::requireHeld), root, order);
  }

  /** Where the store is. */
  public String location() {
    return root.toString();
  }

  /** The folder of a night's path store. */
  public Path place(String night) {
    return new Path(new Path(root, NIGHTS), night);
  }

  /** All nights that were begun, in their order. */
  public List<String> nights() {
    try {
      List<String> nights = new ArrayList<>();
      for (FileStatus status : files.list(new Path(root, NIGHTS))) {
        String name = status.getPath().getName();
        if (!name.startsWith(".") && PathStore.exists(configuration, status.getPath())) {
          nights.add(name);
        }
      }
      nights.sort(order);
      return nights;
    } catch (IOException e) {
      throw Failures.storage(e, root, "its nights cannot be listed");
    }
  }

  /** The path stores of all nights that were begun, in their order. */
  public List<PathStore> paths() {
    return nights().stream().map(night -> PathStore.open(configuration, place(night))).toList();
  }

  /** What came of a night; empty when it has not ended. */
  public Optional<ObjectNode> record(String night) {
    return documents(place(night)).read(RECORD);
  }

  /** Writes what came of a night. */
  public void writeRecord(String night, ObjectNode record) {
    documents(place(night)).write(RECORD, record);
  }

  /** What is published; empty before the first time. */
  public Optional<Latest> latest() {
    return documents(root)
        .read(LATEST)
        .map(
            json ->
                new Latest(
                    json.path(NIGHT).asText(),
                    json.path(TAKEN).asText(),
                    json.path(NETWORK).asText(),
                    json.path(SHA256).asText()));
  }

  /**
   * Moves {@code latest.json} to a night's network, in one step.
   *
   * @throws FipException NOT_FOUND when the night has no network, DATA when that is damaged
   */
  public void publish(String night) {
    Path place = place(night);
    if (!PathStore.exists(configuration, place)
        || PathStore.open(configuration, place).network().isEmpty()) {
      throw FipException.notFound(
          "%s: has no network of a night %s; it has the nights %s",
          root, night, String.join(", ", nights()));
    }
    HadoopFolder network = networkOf(night);
    Manifest.read(network, Manifest.NETWORK_FILE).verify(network);
    String taken =
        latest().map(Latest::taken).filter(last -> order.compare(last, night) > 0).orElse(night);
    ObjectNode json = SealedJson.object();
    json.put(NIGHT, night);
    json.put(TAKEN, taken);
    json.put(NETWORK, NIGHTS + "/" + night + "/" + NETWORK);
    json.put(SHA256, manifestSha256(network));
    documents(root).write(LATEST, json);
  }

  /**
   * The published network's folder.
   *
   * @throws FipException NOT_FOUND when none is published, DATA when it is not the one that was
   */
  public Folder network() {
    Latest latest =
        latest()
            .orElseThrow(
                () ->
                    FipException.notFound(
                        "%s: no night's network is published yet; run adapt with night", root));
    HadoopFolder network = networkOf(latest.night());
    Manifest.read(network, Manifest.NETWORK_FILE).verify(network);
    if (!manifestSha256(network).equals(latest.manifestSha256())) {
      throw FipException.data(
          "%s: is not the network that latest.json names; publish a night anew",
          network.location());
    }
    return network;
  }

  /** The folder of the network at a path: itself, or what is published of a store of nights. */
  public static Folder networkAt(Configuration configuration, Path path, Comparator<String> order) {
    return isAt(configuration, path)
        ? at(configuration, path, order).network()
        : HadoopFolder.of(configuration, path);
  }

  /** Deletes the path of a night, which vanishes as a whole. */
  public void discard(String night) {
    try {
      new FolderCommit(files, new Path(root, NIGHTS)).remove(night);
    } catch (IOException e) {
      throw Failures.storage(e, place(night), "cannot be deleted");
    }
  }

  /** Deletes what dead runs left half-written; only for the one writer. */
  public void recover() {
    documents(root).recover();
    documents(new Path(root, NIGHTS)).recover();
  }

  private HadoopFolder networkOf(String night) {
    return new HadoopFolder(files, new Path(place(night), NETWORK));
  }

  private DocumentFolder documents(Path folder) {
    return new DocumentFolder(files, folder);
  }

  private static String manifestSha256(HadoopFolder network) {
    try (InputStream in = network.open(Manifest.NETWORK_FILE)) {
      return HexFormat.of().formatHex(SealedJson.sha256().digest(in.readAllBytes()));
    } catch (FileNotFoundException e) {
      throw FipException.data("%s: has no manifest", network.location());
    } catch (IOException e) {
      throw Failures.reading(e, network.resolve(Manifest.NETWORK_FILE));
    }
  }
}
