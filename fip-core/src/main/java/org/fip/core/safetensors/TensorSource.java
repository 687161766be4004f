package org.fip.core.safetensors;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fip.core.FipException;

/**
 * Named tensors that can be read: one safetensors file or a sharded set. Not safe for use by
 * several threads.
 *
 * <p>Reading throws {@link FipException}: DATA when the file is damaged or a tensor has another
 * type than asked for, STORAGE when the file system fails. The message names file and tensor.
 */
public interface TensorSource extends Closeable {

  /** Where the tensors are, for messages. */
  String location();

  /**
   * The free text of the header, {@code __metadata__}; of the first file when there are several.
   */
  Map<String, String> metadata();

  /** All tensors in data order. */
  List<TensorInfo> tensors();

  /** The tensor of this name. */
  Optional<TensorInfo> find(String name);

  /** The tensor of this name, which must be there. */
  default TensorInfo get(String name) {
    return find(name)
        .orElseThrow(() -> FipException.data("%s: tensor '%s' is missing", location(), name));
  }

  /**
   * Reads a floating-point tensor (F64, F32, F16, BF16) into {@code target} from {@code offset} on;
   * F64 is rounded to the nearest float.
   */
  void readFloats(TensorInfo tensor, float[] target, int offset);

  /** Reads a floating-point tensor (F64, F32, F16, BF16). */
  double[] readDoubles(TensorInfo tensor);

  /** Reads a tensor of integers (I64, I32, I16, I8, U8) or of BOOL as 0 and 1. */
  long[] readLongs(TensorInfo tensor);

  /** Reads the bytes of a tensor of any type, at most 2 GB. */
  byte[] readBytes(TensorInfo tensor);

  /**
   * Copies the bytes of a tensor of any type and length.
   *
   * @throws IOException when {@code target} fails
   */
  void transfer(TensorInfo tensor, OutputStream target) throws IOException;

  @Override
  void close();
}
