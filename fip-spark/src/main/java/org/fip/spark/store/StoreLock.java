package org.fip.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to a store, which one process has at a time.
 *
 * <p>It is a file {@code lock/000001} with its holder's name, created only if it is not there. The
 * holder renews the file's time. Who finds the file of a holder that has died creates the next
 * number: of several, one succeeds, and the highest number has the right. So a holder that was
 * taken for dead and is not sees a higher number, or its file gone, when it asks; it asks before
 * each commit, and stops. A process of this machine is dead when it is not there any more; another
 * when it has not renewed for {@link Timing#expiry}, by the clock of the file system, which is read
 * off a file that is written there.
 *
 * <p>Between the question and the rename that commits, a process may still stop for longer than
 * that; a file system offers nothing against it.
 */
public final class StoreLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreLock.class);
  private static final String FOLDER = "lock";
  private static final long UNWRITTEN_MILLIS = 50;

  /** How long a name may take to be written once the file is there. */
  private static final long WRITING_MILLIS = 2000;

  private static final Pattern NUMBER = Pattern.compile("\\d{6,18}");

  /** What this process holds; it may have left files of what it holds no more. */
  private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

  /**
   * How holders show that they live.
   *
   * @param renewal how often a holder renews
   * @param expiry how long after the last renewal a holder is dead
   */
  record Timing(Duration renewal, Duration expiry) {
    static final Timing STANDARD = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  /** A file of the folder. */
  private record Entry(long number, Path file, long modified, Optional<LockHolder> holder) {
    boolean hasEnded() {
      return holder
          .map(named -> named.isThisProcess() ? !HELD.contains(named.id()) : named.hasEnded())
          .orElse(false);
    }

    String describe() {
      return holder.map(LockHolder::describe).orElse("a process that has not written its name");
    }
  }

  private final DurableFiles files;
  private final Path store;
  private final Path folder;
  private final LockHolder self;
  private final Timing timing;
  private long number;
  private boolean madeStore;
  private long clockOffset;
  private ScheduledExecutorService heart;
  private Future<?> beat;

  private StoreLock(DurableFiles files, Path store, LockHolder self, Timing timing) {
    this.files = files;
    this.store = files.qualify(store);
    this.folder = new Path(this.store, FOLDER);
    this.self = self;
    this.timing = timing;
  }

  /**
   * Takes the right to write to a store that need not exist yet, and keeps it until closed.
   *
   * @throws FipException TEMPORARY, naming the holder, when another process has it; STORAGE when
   *     the file system fails
   */
  public static StoreLock acquire(Configuration configuration, Path store) {
    return acquire(
        DurableFiles.of(configuration, store), store, LockHolder.here(), Timing.STANDARD);
  }

  /** Whether a process, living or dead, has the right to write to a folder, as far as is seen. */
  static boolean isTaken(Configuration configuration, Path folder) {
    try {
      DurableFiles files = DurableFiles.of(configuration, folder);
      return new StoreLock(files, folder, LockHolder.here(), Timing.STANDARD).newest().isPresent();
    } catch (IOException | FipException e) {
      // It is outside of what this run may look at, and so is no store that it could have a part
      // of.
      LOG.debug("{}: not looked at: {}", folder, e.getMessage());
      return false;
    }
  }

  /** As {@link #acquire(Configuration, Path)}, for tests of other holders and shorter times. */
  static StoreLock acquire(DurableFiles files, Path store, LockHolder self, Timing timing) {
    StoreLock lock = new StoreLock(files, store, self, timing);
    boolean taken = false;
    HELD.add(self.id());
    try {
      lock.take();
      taken = true;
      return lock;
    } catch (IOException e) {
      throw Failures.storage(e, lock.store, "the right to write cannot be taken");
    } finally {
      if (!taken) {
        HELD.remove(self.id());
      }
    }
  }

  /**
   * Checks that this process still has the right.
   *
   * @throws FipException TEMPORARY when another has taken it
   */
  void requireHeld() throws IOException {
    Optional<Entry> newest = newest();
    if (newest.isEmpty() || !isMine(newest.get())) {
      throw new FipException(
          Category.TEMPORARY,
          String.format(
              "%s: this run had stopped for so long that %s took over; nothing was written since."
                  + " Run the command again when that has ended",
              store, newest.map(Entry::describe).orElse("another run")));
    }
  }

  /** Gives the right back; a folder that was made for it and is empty goes, too. */
  @Override
  public void close() {
    beat.cancel(false);
    heart.shutdownNow();
    HELD.remove(self.id());
    try {
      files.delete(file(number));
      deleteIfEmpty(folder);
      if (madeStore) {
        deleteIfEmpty(store);
      }
    } catch (IOException e) {
      LOG.warn("{}: the lock is left over and will be taken over: {}", folder, e.getMessage());
    }
  }

  private void deleteIfEmpty(Path place) throws IOException {
    if (files.list(place).isEmpty()) {
      files.fileSystem().delete(place, false);
    }
  }

  private void take() throws IOException {
    madeStore = !files.exists(store);
    boolean created = false;
    while (!created) {
      Optional<Entry> newest = newest();
      if (newest.isPresent() && !isDead(newest.get())) {
        continue;
      }
      number = newest.map(Entry::number).orElse(0L) + 1;
      created = create();
    }
    clockOffset = modified(file(number)).orElseGet(System::currentTimeMillis) - now();
    requireHeld();
    for (Entry entry : entries()) {
      if (entry.number() < number) {
        LOG.info("{}: taken over from {}, which has ended", store, entry.describe());
        files.delete(entry.file());
      }
    }
    heart =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "fip-store-lock");
              thread.setDaemon(true);
              return thread;
            });
    long every = timing.renewal().toMillis();
    beat = heart.scheduleWithFixedDelay(this::renew, every, every, TimeUnit.MILLISECONDS);
  }

  /** Whether this process was the one that created the file. */
  private boolean create() throws IOException {
    try {
      files.createNew(file(number), self.toBytes());
      return true;
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return false;
    }
  }

  private void renew() {
    try {
      files.fileSystem().setTimes(file(number), now() + clockOffset, -1);
    } catch (IOException e) {
      // Given back while it was being renewed, it is missed by nobody.
      if (HELD.contains(self.id())) {
        LOG.warn("{}: the lock could not be renewed: {}", file(number), e.getMessage());
      }
    }
  }

  /**
   * Whether the holder of an entry has ended; false when the entry is gone, or has no name yet and
   * must be looked at again.
   *
   * @throws FipException TEMPORARY when it lives
   */
  private boolean isDead(Entry entry) throws IOException {
    if (entry.hasEnded()) {
      return true;
    }
    if (entry.holder().map(LockHolder::isOfThisMachine).orElse(false)) {
      throw held(entry);
    }
    long age = Math.max(0, fileSystemTime() - entry.modified());
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(expiry(entry) - age);
    while (System.nanoTime() < until) {
      if (entry.holder().isEmpty()) {
        pause(until, UNWRITTEN_MILLIS);
        return false;
      }
      LOG.info("{}: {} has it, waiting for a sign of life", store, entry.describe());
      pause(until, timing.renewal().toMillis() / 2);
      Optional<Long> modified = modified(entry.file());
      if (modified.isEmpty()) {
        return false;
      }
      if (modified.get() != entry.modified()) {
        throw held(entry);
      }
    }
    return true;
  }

  private void pause(long until, long most) {
    long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) + 1;
    try {
      Thread.sleep(Math.max(1, Math.min(left, most)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FipException(Category.TEMPORARY, store + ": interrupted while it was locked", e);
    }
  }

  private FipException held(Entry entry) {
    return new FipException(
        Category.TEMPORARY,
        String.format(
            "%s: is being written by %s; run the command again when that has ended",
            store, entry.describe()));
  }

  /** Who is taken for dead while it writes its name finds a higher number right afterwards. */
  private long expiry(Entry entry) {
    long expiry = timing.expiry().toMillis();
    return entry.holder().isPresent() ? expiry : Math.min(expiry, WRITING_MILLIS);
  }

  /** The file system's clock. */
  private long fileSystemTime() throws IOException {
    Path probe = new Path(folder, ".probe-" + UUID.randomUUID());
    try {
      files.createNew(probe, new byte[0]);
      return modified(probe).orElseGet(System::currentTimeMillis);
    } finally {
      files.delete(probe);
    }
  }

  private Optional<Long> modified(Path file) throws IOException {
    try {
      return Optional.of(files.fileSystem().getFileStatus(file).getModificationTime());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private Optional<Entry> newest() throws IOException {
    List<Entry> entries = entries();
    return entries.stream().max(Comparator.comparingLong(Entry::number));
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (FileStatus status : files.list(folder)) {
      String name = status.getPath().getName();
      if (NUMBER.matcher(name).matches()) {
        entries.add(
            new Entry(
                Long.parseLong(name),
                status.getPath(),
                status.getModificationTime(),
                holder(status.getPath())));
      }
    }
    return entries;
  }

  /** Empty while its writer writes it, or when it was given back meanwhile. */
  private Optional<LockHolder> holder(Path file) {
    try (InputStream in = files.fileSystem().open(file)) {
      return LockHolder.parse(in.readAllBytes());
    } catch (IOException e) {
      LOG.debug("{}: cannot be read now: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  private boolean isMine(Entry entry) throws IOException {
    if (entry.number() != number) {
      return false;
    }
    return entry
        .holder()
        .orElseThrow(() -> new IOException(entry.file() + " cannot be read"))
        .id()
        .equals(self.id());
  }

  private Path file(long of) {
    return new Path(folder, String.format(Locale.ROOT, "%06d", of));
  }

  private static long now() {
    return System.currentTimeMillis();
  }
}
