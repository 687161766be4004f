package org.fip.spark.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fip.core.storage.Folder;
import org.fip.core.storage.RandomAccessReader;

/** A folder that takes size and SHA-256 of each file while it is written. */
final class RecordingFolder implements Folder {
  private final Folder folder;
  private final Map<String, Manifest.Entry> written = new TreeMap<>();

  RecordingFolder(Folder folder) {
    this.folder = folder;
  }

  /** The files that were written and closed. */
  Map<String, Manifest.Entry> written() {
    return written;
  }

  @Override
  public String location() {
    return folder.location();
  }

  @Override
  public List<String> names() throws IOException {
    return folder.names();
  }

  @Override
  public boolean exists(String name) throws IOException {
    return folder.exists(name);
  }

  @Override
  public RandomAccessReader openRandom(String name) throws IOException {
    return folder.openRandom(name);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return folder.open(name);
  }

  @Override
  public OutputStream create(String name) throws IOException {
    written.remove(name);
    return new RecordingStream(name, folder.create(name));
  }

  private final class RecordingStream extends FilterOutputStream {
    private final String name;
    private final MessageDigest digest = SealedJson.sha256();
    private long size;
    private boolean closed;

    RecordingStream(String name, OutputStream out) {
      super(out);
      this.name = name;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      digest.update((byte) value);
      size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      digest.update(bytes, offset, length);
      size += length;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      out.close();
      written.put(name, new Manifest.Entry(size, HexFormat.of().formatHex(digest.digest())));
    }
  }
}
