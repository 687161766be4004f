package org.fip.core.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive with one class that has methods and no state.
 *
 * <p>libtorch's loader asks for four stored zip entries: the operator-set version, the class's
 * source text, an empty tuple of constants, and a serialised instance whose only attribute is
 * {@code training}.
 */
final class TorchScriptArchive {
  /** Version of the serialised operator set; version 3 changes the meaning of tanh-GELU. */
  private static final String FORMAT = "10\n";

  private static final String HEADER =
      """
      class Net(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  /** Pickle protocol 2: __torch__.Net.__new__() with state {"training": False}. */
  private static final byte[] INSTANCE =
      "\u0080\u0002c__torch__\nNet\n)\u0081}(X\b\0\0\0training\u0089ub."
          .getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  private TorchScriptArchive() {}

  /**
   * The bytes of an archive whose class has the given methods.
   *
   * @param methods source text, each method indented by two spaces
   */
  static byte[] of(String methods) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, "net/data.pkl", INSTANCE);
      store(zip, "net/code/__torch__.py", (HEADER + methods).getBytes(StandardCharsets.UTF_8));
      store(zip, "net/constants.pkl", EMPTY_TUPLE);
      store(zip, "net/version", FORMAT.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
