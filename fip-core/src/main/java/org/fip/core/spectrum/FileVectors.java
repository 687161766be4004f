package org.fip.core.spectrum;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.fip.core.FipException;

/**
 * Vectors in a temporary file, block by block: the first block of every vector, then the second of
 * every vector, so that a pass over all vectors reads from front to back. The operating system
 * keeps in memory what it has room for.
 *
 * <p>The file has no name once it is open, where the file system allows that, as Linux does: its
 * space comes back however the process ends.
 */
final class FileVectors implements VectorStore {
  private final int length;
  private final int capacity;
  private final Path folder;
  private final FileChannel channel;
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(BLOCK * Float.BYTES).order(ByteOrder.nativeOrder());

  /** Makes the file in the folder {@code java.io.tmpdir}. */
  FileVectors(int length, int capacity) {
    this(length, capacity, Path.of(System.getProperty("java.io.tmpdir")));
  }

  FileVectors(int length, int capacity, Path folder) {
    this.length = length;
    this.capacity = capacity;
    this.folder = folder;
    long bytes = (long) length * capacity * Float.BYTES;
    try {
      long usable = Files.getFileStore(folder).getUsableSpace();
      if (usable < bytes) {
        throw new IOException("needs " + bytes + " bytes, has " + usable);
      }
      channel =
          FileChannel.open(
              folder.resolve("fip-spectrum-" + UUID.randomUUID()),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private FipException failure(IOException e) {
    return FipException.storage(
        e,
        "%s: no room for the basis of the spectrum: %s; free space there, name another folder with"
            + " java.io.tmpdir, or ask for fewer eigenvalues",
        folder,
        e.getMessage() == null ? e : e.getMessage());
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  private long position(int vector, int from) {
    return ((long) from * capacity + (long) vector * BLOCK) * Float.BYTES;
  }

  @Override
  public void read(int vector, int from, int count, float[] target) {
    try {
      block.clear().limit(count * Float.BYTES);
      long position = position(vector, from);
      while (block.hasRemaining()) {
        int read = channel.read(block, position + block.position());
        if (read < 0) {
          throw new EOFException("a vector that was not written was read");
        }
      }
      block.flip();
      block.asFloatBuffer().get(target, 0, count);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void write(int vector, int from, int count, float[] source, int offset) {
    try {
      block.clear().limit(count * Float.BYTES);
      block.asFloatBuffer().put(source, offset, count);
      long position = position(vector, from);
      while (block.hasRemaining()) {
        channel.write(block, position + block.position());
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
