package org.fip.core.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Positioned reads from a file of the local disk. */
final class LocalFile implements RandomAccessReader {
  private final Path path;
  private final FileChannel channel;

  LocalFile(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position() - offset) < 0) {
        throw new EOFException(
            String.format(
                "%s ends at byte %d, %d bytes were wanted at %d",
                path, channel.size(), length, position));
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
