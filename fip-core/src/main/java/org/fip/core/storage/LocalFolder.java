package org.fip.core.storage;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A folder on the local disk. Closing a created file syncs it and its directory entry to disk. */
public final class LocalFolder implements Folder {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path root;

  /** A folder at {@code root}, which need not exist yet. */
  public LocalFolder(Path root) {
    this.root = root;
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public List<String> names() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(Files::isRegularFile)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public boolean exists(String name) {
    return Files.isRegularFile(resolve(name));
  }

  @Override
  public RandomAccessReader openRandom(String name) throws IOException {
    return new LocalFile(resolve(name));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(resolve(name));
  }

  @Override
  public OutputStream create(String name) throws IOException {
    Path file = resolve(name);
    Files.createDirectories(root);
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    return new SyncedOutputStream(channel, root);
  }

  private Path resolve(String name) {
    return root.resolve(FileNames.check(name, location()));
  }

  /** Makes the entries of a directory durable: a new file is lost without it on most systems. */
  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static final class SyncedOutputStream extends FilterOutputStream {
    private final FileChannel channel;
    private final Path directory;

    SyncedOutputStream(FileChannel channel, Path directory) {
      super(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES));
      this.channel = channel;
      this.directory = directory;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (!channel.isOpen()) {
        return;
      }
      try (channel) {
        out.flush();
        channel.force(true);
      }
      syncDirectory(directory);
    }
  }
}
