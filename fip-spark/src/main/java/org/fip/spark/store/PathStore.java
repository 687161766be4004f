package org.fip.spark.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.anchors.AnchorFile;
import org.fip.core.anchors.Anchors;
import org.fip.core.path.Measurement;
import org.fip.core.path.Waypoint;
import org.fip.core.path.WaypointStore;
import org.fip.core.safetensors.Checkpoint;
import org.fip.core.safetensors.FlatTensor;
import org.fip.core.storage.Folder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A path kept in one folder of a Hadoop file system.
 *
 * <pre>
 * path.json          format version, resolved recipe, provenance
 * start/             the network the path starts at, a Hugging Face folder
 * waypoints/000100/  model.safetensors, state.safetensors, metrics.json, manifest.json
 * anchors/000100/    what is kept of all that was learned up to that step
 * network/           the final network, a Hugging Face folder
 * status.json        how the walk goes on, for people; see {@link StatusFile}
 * tensorboard/       the measurements once more, for TensorBoard
 * </pre>
 *
 * <p>Every folder is written under a temporary name, synced, and put in place by one rename, its
 * manifest with sizes and SHA-256 the last file in it; see {@link FolderCommit}. So a reader at any
 * moment sees whole folders only, and a run that dies leaves the last committed one. One writer at
 * a time, which {@link StoreLock} sees to; any number of readers. Not safe for use by several
 * threads.
 */
public final class PathStore implements WaypointStore {
  private static final Logger LOG = LoggerFactory.getLogger(PathStore.class);
  private static final String PATH_FILE = "path.json";
  private static final String WAYPOINTS = "waypoints";
  private static final String ANCHORS = "anchors";
  private static final String START = "start";
  private static final String NETWORK = "network";

  /** Folder of the networks on the way, such as those of a curve. */
  public static final String CURVE = "curve";

  private static final Pattern STEP_NAME = Pattern.compile("\\d{6,18}");

  private final DurableFiles files;
  private final Path root;
  private final PathDescription description;
  private final List<FlatTensor> tensors;
  private final long last;

  private PathStore(
      DurableFiles files,
      Path root,
      PathDescription description,
      List<FlatTensor> tensors,
      long last) {
    this.files = files;
    this.root = root;
    this.description = description;
    this.tensors = tensors;
    this.last = last;
  }

  /**
   * Creates the store, or takes up the one that is there to write on, and clears away what a dead
   * run left half-written.
   *
   * @param mayDiffer the dotted keys of the recipe, list positions as numbers ({@code
   *     tasks.0.name}), that do not change the walk and may differ from the stored recipe
   * @throws FipException DATA when the store there is broken or was made with another recipe, with
   *     the first differing key; STORAGE when the file system fails
   */
  public static PathStore createOrResume(
      Configuration configuration,
      Path root,
      PathDescription description,
      Predicate<String> mayDiffer) {
    return createOrResume(DurableFiles.of(configuration, root), root, description, mayDiffer);
  }

  /** As {@link #createOrResume(Configuration, Path, PathDescription, Predicate)}. */
  public static PathStore createOrResume(
      FileSystem fileSystem, Path root, PathDescription description, Predicate<String> mayDiffer) {
    return createOrResume(new DurableFiles(fileSystem), root, description, mayDiffer);
  }

  /**
   * Opens a store for reading.
   *
   * @throws FipException NOT_FOUND when there is none, DATA when it is broken or of an unknown
   *     format version, STORAGE when the file system fails
   */
  public static PathStore open(Configuration configuration, Path root) {
    return open(DurableFiles.of(configuration, root), root);
  }

  /** As {@link #open(Configuration, Path)}. */
  public static PathStore open(FileSystem fileSystem, Path root) {
    return open(new DurableFiles(fileSystem), root);
  }

  /**
   * The same store for walking with a network whose flat weight vector consists of these slices:
   * waypoints can be committed, and one of other tensors is refused by {@link #newest}.
   */
  public PathStore forTensors(List<FlatTensor> layout) {
    return new PathStore(files, root, description, List.copyOf(layout), last);
  }

  /** The same store as it was when its path had come to a step: later waypoints are not seen. */
  public PathStore until(long step) {
    return new PathStore(files, root, description, tensors, step);
  }

  /** The same store, where nothing is committed once the right to write to it is lost. */
  public PathStore guardedBy(StoreLock lock) {
    return new PathStore(files.guardedBy(lock::requireHeld), root, description, tensors, last);
  }

  /** Whether there is a store at a place. */
  public static boolean exists(Configuration configuration, Path root) {
    DurableFiles files = DurableFiles.of(configuration, root);
    Path file = new Path(files.qualify(root), PATH_FILE);
    try {
      return files.exists(file);
    } catch (IOException e) {
      throw Failures.storage(e, file, "cannot be looked at");
    }
  }

  /** Where the store is. */
  public String location() {
    return root.toString();
  }

  /** What the path was made from. */
  public PathDescription description() {
    return description;
  }

  /** The steps of the waypoints that were committed, ascending, whole or not. */
  public List<Long> steps() {
    return stepsIn(waypointsPath());
  }

  private List<Long> stepsIn(Path folder) {
    try {
      return files.list(folder).stream()
          .map(status -> status.getPath().getName())
          .filter(name -> STEP_NAME.matcher(name).matches())
          .map(Long::valueOf)
          .filter(step -> step <= last)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.storage(e, folder, "cannot be listed");
    }
  }

  /** The steps at whose end the anchors that are kept were written, ascending. */
  public List<Long> anchorSteps() {
    return stepsIn(anchorsPath());
  }

  /**
   * The anchors that are kept once the path has come to a step; empty when they were not written.
   *
   * @throws FipException DATA, naming file and reason, when they are damaged
   */
  public Optional<Anchors> anchors(long step) {
    HadoopFolder folder = anchorFolder(step);
    if (!isThere(folder)) {
      return Optional.empty();
    }
    readManifest(folder, step).verify(folder);
    try {
      return Optional.of(AnchorFile.read(folder));
    } catch (IOException e) {
      throw Failures.reading(e, new Path(folder.location()));
    }
  }

  /** Writes the anchors that are kept from a step on, as a whole, in place of those there. */
  public void writeAnchors(long step, Anchors anchors) {
    Path place = stepPath(anchorsPath(), step);
    try {
      files.makeFolder(anchorsPath());
      new FolderCommit(files, anchorsPath())
          .commit(
              place.getName(),
              Manifest.WAYPOINT_FILE,
              OptionalLong.of(step),
              OptionalLong.empty(),
              folder -> AnchorFile.write(anchors, folder));
    } catch (IOException e) {
      throw Failures.storage(e, place, "the anchors cannot be written");
    }
  }

  /**
   * Deletes waypoints and anchors; each vanishes as a whole.
   *
   * @return the bytes that their manifests name
   */
  public long delete(List<Long> waypoints, List<Long> anchors) {
    long bytes = 0;
    for (long step : waypoints) {
      bytes += delete(waypointFolder(step));
    }
    for (long step : anchors) {
      bytes += delete(anchorFolder(step));
    }
    return bytes;
  }

  private long delete(HadoopFolder folder) {
    Path place = new Path(folder.location());
    try {
      long bytes = bytesOf(folder);
      new FolderCommit(files, place.getParent()).remove(place.getName());
      return bytes;
    } catch (IOException e) {
      throw Failures.storage(e, place, "cannot be deleted");
    }
  }

  /** The bytes of a committed folder; 0 when its manifest cannot be read. */
  private static long bytesOf(HadoopFolder folder) {
    try {
      return Manifest.read(folder, Manifest.WAYPOINT_FILE).bytes();
    } catch (FipException e) {
      return 0;
    }
  }

  /** The bytes of waypoints and anchors of these steps, as their manifests have it. */
  public long bytes(List<Long> waypoints, List<Long> anchors) {
    return waypoints.stream().mapToLong(step -> bytesOf(waypointFolder(step))).sum()
        + anchors.stream().mapToLong(step -> bytesOf(anchorFolder(step))).sum();
  }

  @Override
  public Optional<Waypoint> newest() {
    List<Long> steps = steps();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Optional<Waypoint> waypoint = readIfWhole(steps.get(i));
      if (waypoint.isPresent()) {
        requireTensors(steps.get(i));
        return waypoint;
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a waypoint after checking size and SHA-256 of its files.
   *
   * @throws FipException NOT_FOUND when there is none of this step; DATA, naming file and reason,
   *     when it is damaged; STORAGE when the file system fails
   */
  public Waypoint read(long step) {
    HadoopFolder folder = waypointFolder(step);
    requireFolder(folder, "waypoint " + step);
    readManifest(folder, step).verify(folder);
    Waypoint waypoint = WaypointFiles.read(folder);
    if (waypoint.step() != step) {
      throw FipException.data("%s: says it is of step %d", folder.location(), waypoint.step());
    }
    return waypoint;
  }

  /**
   * What was measured up to a waypoint since the one before; weights are neither read nor checked.
   *
   * @throws FipException as {@link #read}
   */
  public WaypointMeasurements measured(long step) {
    HadoopFolder folder = waypointFolder(step);
    requireFolder(folder, "waypoint " + step);
    readManifest(folder, step).verify(folder, WaypointFiles.METRICS);
    WaypointFiles.Metrics metrics = WaypointFiles.readMetrics(folder);
    return new WaypointMeasurements(metrics.measurements(), metrics.evaluation());
  }

  @Override
  public void commit(Waypoint waypoint) {
    requireLength(waypoint);
    long step = waypoint.step();
    Path place = waypointPath(step);
    OptionalLong previous = steps().stream().mapToLong(Long::longValue).filter(s -> s < step).max();
    try {
      files.makeFolder(waypointsPath());
      Optional<HadoopFolder> start = networkFolder(START);
      try (Checkpoint others = start.isEmpty() ? null : Checkpoint.open(start.get())) {
        new FolderCommit(files, waypointsPath())
            .commit(
                place.getName(),
                Manifest.WAYPOINT_FILE,
                OptionalLong.of(step),
                previous,
                folder ->
                    WaypointFiles.write(waypoint, tensors, Optional.ofNullable(others), folder));
      }
    } catch (IOException e) {
      throw Failures.storage(e, place, "waypoint " + step + " cannot be written");
    }
  }

  /** Checks every waypoint, the anchors, {@code start} and {@code network} down to the last bit. */
  public List<Finding> verify() {
    List<Finding> findings = new ArrayList<>();
    for (long step : steps()) {
      HadoopFolder folder = waypointFolder(step);
      findings.add(check(folder, WAYPOINTS + "/", Manifest.WAYPOINT_FILE, manifest -> read(step)));
    }
    for (long step : anchorSteps()) {
      HadoopFolder folder = anchorFolder(step);
      findings.add(check(folder, ANCHORS + "/", Manifest.WAYPOINT_FILE, manifest -> anchors(step)));
    }
    for (String name : List.of(START, NETWORK)) {
      HadoopFolder folder = new HadoopFolder(files, new Path(root, name));
      if (isThere(folder)) {
        findings.add(check(folder, "", Manifest.NETWORK_FILE, manifest -> manifest.verify(folder)));
      }
    }
    for (Path place : networksOnTheWay()) {
      HadoopFolder folder = new HadoopFolder(files, place);
      findings.add(
          check(folder, CURVE + "/", Manifest.NETWORK_FILE, manifest -> manifest.verify(folder)));
    }
    return findings;
  }

  private List<Path> networksOnTheWay() {
    Path place = new Path(root, CURVE);
    try {
      return files.list(place).stream()
          .map(FileStatus::getPath)
          .filter(path -> !path.getName().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Failures.storage(e, place, "cannot be listed");
    }
  }

  /** What the store holds; weights are not read, nor are they checked. */
  public PathSummary describe() {
    return new PathSummary(
        location(), description, steps().stream().map(this::summarize).toList(), hasNetwork());
  }

  /**
   * Writes the start network's folder as a whole. Its tensors that are not on the path are from
   * then on copied into every waypoint.
   */
  public void writeStart(FolderFiller filler) {
    write(START, filler);
  }

  /** Writes the final network's folder as a whole, in place of one that is there. */
  public void writeNetwork(FolderFiller filler) {
    write(NETWORK, filler);
  }

  /** Writes a network of the way as a whole, in place of one that is there. */
  public void writeOnTheWay(String name, FolderFiller filler) {
    Path parent = new Path(root, CURVE);
    try {
      files.makeFolder(parent);
      new FolderCommit(files, parent).commit(name, Manifest.NETWORK_FILE, filler);
    } catch (IOException e) {
      throw Failures.storage(e, new Path(parent, name), "cannot be written");
    }
  }

  /** The folder of a network of the way; empty when it was not written. */
  public Optional<Folder> onTheWay(String name) {
    return whole(CURVE + "/" + name);
  }

  /**
   * The start network's folder after checking size and SHA-256 of its files; empty when it was not
   * written.
   *
   * @throws FipException DATA, naming file and reason, when it is damaged
   */
  public Optional<Folder> start() {
    return whole(START);
  }

  /** The final network's folder; as {@link #start}. */
  public Optional<Folder> network() {
    return whole(NETWORK);
  }

  /** Whether the final network was written; it may be damaged. */
  public boolean hasNetwork() {
    return networkFolder(NETWORK).isPresent();
  }

  /** The folder of a waypoint, unchecked. */
  public Folder waypoint(long step) {
    return waypointFolder(step);
  }

  private static PathStore createOrResume(
      DurableFiles files, Path path, PathDescription description, Predicate<String> mayDiffer) {
    Path root = files.qualify(path);
    try {
      if (files.exists(new Path(root, PATH_FILE))) {
        PathStore stored = open(files, root);
        stored.requireRecipe(description.recipe(), mayDiffer);
        new FolderCommit(files, root).recover();
        new FolderCommit(files, stored.waypointsPath()).recover();
        new FolderCommit(files, new Path(root, CURVE)).recover();
        new FolderCommit(files, stored.anchorsPath()).recover();
        return stored;
      }
      for (String name : List.of(WAYPOINTS, START, NETWORK)) {
        if (files.exists(new Path(root, name))) {
          throw FipException.data(
              "%s: holds %s but no %s; use another output or restore that file",
              root, name, PATH_FILE);
        }
      }
      FolderCommit commit = new FolderCommit(files, root);
      commit.recover();
      commit.commitFile(PATH_FILE, toBytes(description));
      return new PathStore(files, root, description, List.of(), Long.MAX_VALUE);
    } catch (IOException e) {
      throw Failures.storage(e, root, "the path store cannot be created or resumed");
    }
  }

  private static PathStore open(DurableFiles files, Path path) {
    Path root = files.qualify(path);
    Path file = new Path(root, PATH_FILE);
    try (InputStream in = files.fileSystem().open(file)) {
      ObjectNode document = SealedJson.read(in, file);
      Map<String, String> provenance = new TreeMap<>();
      document
          .path("provenance")
          .properties()
          .forEach(entry -> provenance.put(entry.getKey(), entry.getValue().asText()));
      PathDescription description = new PathDescription(document.withObject("/recipe"), provenance);
      return new PathStore(files, root, description, List.of(), Long.MAX_VALUE);
    } catch (FileNotFoundException e) {
      throw FipException.notFound(
          "%s: there is no path store here, %s is missing", root, PATH_FILE);
    } catch (IOException e) {
      throw Failures.reading(e, file);
    }
  }

  private static byte[] toBytes(PathDescription description) {
    ObjectNode document = SealedJson.object();
    document.set("recipe", description.recipe());
    ObjectNode provenance = document.putObject("provenance");
    description.provenance().forEach(provenance::put);
    return SealedJson.toBytes(document);
  }

  private void requireRecipe(ObjectNode recipe, Predicate<String> mayDiffer) {
    Optional<PathDescription.Difference> difference =
        description.firstDifference(recipe, mayDiffer);
    if (difference.isPresent()) {
      PathDescription.Difference pair = difference.get();
      throw FipException.data(
          "%s: this path was begun with %s = %s, the recipe says %s; use the value it was begun with"
              + " or another output",
          root, pair.key(), orAbsent(pair.stored()), orAbsent(pair.given()));
    }
  }

  private static String orAbsent(String value) {
    return value == null ? "nothing" : value;
  }

  private void requireLength(Waypoint waypoint) {
    int expected = tensors.stream().mapToInt(FlatTensor::length).sum();
    if (tensors.isEmpty() || expected != waypoint.state().weights().length) {
      throw new IllegalStateException(
          String.format(
              "a waypoint of %d weights cannot be committed to a store for %d",
              waypoint.state().weights().length, expected));
    }
  }

  private void requireTensors(long step) {
    if (tensors.isEmpty()) {
      return;
    }
    List<FlatTensor> stored = WaypointFiles.readTensors(waypointFolder(step));
    for (int i = 0; i < Math.max(stored.size(), tensors.size()); i++) {
      String was = i < stored.size() ? describe(stored.get(i)) : "nothing";
      String is = i < tensors.size() ? describe(tensors.get(i)) : "nothing";
      if (!was.equals(is)) {
        throw FipException.data(
            "%s: is of another network: it has %s where the network has %s; use another output",
            waypointPath(step), was, is);
      }
    }
  }

  private static String describe(FlatTensor tensor) {
    return "tensor '" + tensor.name() + "' of shape " + tensor.shape();
  }

  private Optional<Waypoint> readIfWhole(long step) {
    try {
      return Optional.of(read(step));
    } catch (FipException e) {
      if (e.category() == FipException.Category.STORAGE) {
        throw e;
      }
      LOG.warn("{}; waypoint {} is skipped", e.getMessage(), step);
      return Optional.empty();
    }
  }

  private static Manifest readManifest(HadoopFolder folder, long step) {
    Manifest manifest = Manifest.read(folder, Manifest.WAYPOINT_FILE);
    if (!manifest.step().equals(OptionalLong.of(step))) {
      throw FipException.data(
          "%s: is of step %s, the folder's name says %d",
          folder.resolve(Manifest.WAYPOINT_FILE), manifest.step(), step);
    }
    return manifest;
  }

  private static Finding check(
      HadoopFolder folder, String prefix, String manifestName, Consumer<Manifest> check) {
    String name = prefix + new Path(folder.location()).getName();
    long bytes = 0;
    try {
      Manifest manifest = Manifest.read(folder, manifestName);
      bytes = manifest.bytes();
      check.accept(manifest);
      return new Finding(name, bytes, Optional.empty());
    } catch (FipException e) {
      return new Finding(name, bytes, Optional.of(e.getMessage()));
    }
  }

  private WaypointSummary summarize(long step) {
    HadoopFolder folder = waypointFolder(step);
    try {
      Manifest manifest = readManifest(folder, step);
      manifest.verify(folder, WaypointFiles.METRICS);
      WaypointFiles.Metrics metrics = WaypointFiles.readMetrics(folder);
      List<Measurement> all = metrics.measurements();
      return new WaypointSummary(
          step,
          manifest.previous(),
          manifest.bytes(),
          all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1)),
          metrics.evaluation(),
          Optional.empty());
    } catch (FipException e) {
      return new WaypointSummary(
          step, OptionalLong.empty(), 0, Optional.empty(), Map.of(), Optional.of(e.getMessage()));
    }
  }

  private void write(String name, FolderFiller filler) {
    try {
      new FolderCommit(files, root).commit(name, Manifest.NETWORK_FILE, filler);
    } catch (IOException e) {
      throw Failures.storage(e, new Path(root, name), "cannot be written");
    }
  }

  private Optional<HadoopFolder> networkFolder(String name) {
    HadoopFolder folder = new HadoopFolder(files, new Path(root, name));
    return isThere(folder) ? Optional.of(folder) : Optional.empty();
  }

  private Optional<Folder> whole(String name) {
    return networkFolder(name)
        .map(
            folder -> {
              Manifest.read(folder, Manifest.NETWORK_FILE).verify(folder);
              return folder;
            });
  }

  private static void requireFolder(HadoopFolder folder, String what) {
    if (!isThere(folder)) {
      throw FipException.notFound("%s: there is no %s", folder.location(), what);
    }
  }

  private static boolean isThere(HadoopFolder folder) {
    try {
      return folder.exists();
    } catch (IOException e) {
      throw Failures.storage(e, new Path(folder.location()), "cannot be looked at");
    }
  }

  private Path waypointsPath() {
    return new Path(root, WAYPOINTS);
  }

  private Path anchorsPath() {
    return new Path(root, ANCHORS);
  }

  private HadoopFolder anchorFolder(long step) {
    return new HadoopFolder(files, stepPath(anchorsPath(), step));
  }

  private Path waypointPath(long step) {
    return stepPath(waypointsPath(), step);
  }

  private static Path stepPath(Path parent, long step) {
    return new Path(parent, String.format(Locale.ROOT, "%06d", step));
  }

  private HadoopFolder waypointFolder(long step) {
    return new HadoopFolder(files, waypointPath(step));
  }
}
