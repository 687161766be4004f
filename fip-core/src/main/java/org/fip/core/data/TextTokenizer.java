package org.fip.core.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.fip.core.FipException;

/**
 * The tokenizer of a network's folder: texts to {@code input_ids}, {@code attention_mask} and
 * {@code token_type_ids}, as Hugging Face's own tokenizers library makes them. A text too long is
 * cut so that its special tokens stay. Bytes that are no UTF-8 become U+FFFD.
 *
 * <p>Owns native memory; several threads may use one tokenizer, and none may while it is closed.
 */
public final class TextTokenizer implements AutoCloseable {

  /** The files of a network's folder that say how to tokenise; not all are needed. */
  public static final List<String> FILES =
      List.of(
          TokenizerDefinition.TOKENIZER,
          TokenizerDefinition.VOCABULARY,
          TokenizerSettings.CONFIG,
          TokenizerSettings.SPECIAL_TOKENS);

  /** The input name of token ids. */
  public static final String INPUT_IDS = "input_ids";

  /** The input name of the mask that is 1 at tokens and 0 at padding. */
  public static final String ATTENTION_MASK = "attention_mask";

  /** The input name of the ids that tell a pair's texts apart, 0 throughout for one text. */
  public static final String TOKEN_TYPE_IDS = "token_type_ids";

  private final String location;
  private final AtomicLong handle;
  private final int paddingId;

  /**
   * Reads a tokenizer.
   *
   * @param files content by file name, of {@link #FILES} as many as there are; {@code
   *     tokenizer.json} or {@code vocab.txt} must be among them, and the former wins
   * @param folder where the files are, for messages
   * @param maxPositions the most tokens that the network takes; {@code model_max_length} may lower
   *     it
   * @throws FipException DATA naming the file that is missing or wrong, CONFIGURATION when the
   *     native library does not load
   */
  public TextTokenizer(Map<String, byte[]> files, String folder, int maxPositions) {
    TokenizerDefinition definition = new TokenizerDefinition(files, folder);
    location = definition.location();
    paddingId = definition.paddingId();
    int maxLength = definition.maxLength(maxPositions);
    loadLibrary();
    handle =
        new AtomicLong(
            call(
                location,
                () -> TokenizersLibrary.LIB.createTokenizerFromString(definition.json())));
    try {
      int specialTokens = tokens("").ids().length;
      // The library would subtract the one from the other without a check.
      if (maxLength < Math.max(specialTokens, 1)) {
        throw FipException.data(
            "%s: texts of at most %d tokens have no room for %d special tokens; correct"
                + " model_max_length in %s",
            location, maxLength, specialTokens, TokenizerSettings.CONFIG);
      }
      TokenizersLibrary.LIB.setTruncation(handle.get(), maxLength, "LONGEST_FIRST", 0);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Tokenises texts.
   *
   * @return examples with the int inputs {@code input_ids}, {@code attention_mask} and {@code
   *     token_type_ids}, each {@code [n, T]}; T is the length of the longest row, and shorter rows
   *     end in the padding token with mask and type 0
   * @throws FipException DATA when these are no texts, or naming the row that has no tokens
   */
  public Examples decode(EncodedExamples texts) {
    if (texts.kind() != EncodedExamples.Kind.TEXT) {
      throw FipException.data(
          "%s holds images and the network takes text; give a text column", texts.source());
    }
    Tokens[] rows = new Tokens[texts.size()];
    for (int i = 0; i < rows.length; i++) {
      try {
        rows[i] = tokens(new String(texts.payload(i), UTF_8));
      } catch (FipException e) {
        throw new FipException(
            e.category(),
            "row " + texts.rows()[i] + " of " + texts.source() + ": " + e.getMessage(),
            e);
      }
    }
    return padded(rows, texts.labels());
  }

  /** Frees the native memory; a second call does nothing. */
  @Override
  public void close() {
    long open = handle.getAndSet(0);
    if (open != 0) {
      TokenizersLibrary.LIB.deleteTokenizer(open);
    }
  }

  /** The tokens of one text. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Tokens(long[] ids, long[] types) {}

  private Tokens tokens(String text) {
    long open = handle.get();
    if (open == 0) {
      throw new IllegalStateException("the tokenizer is closed");
    }
    // One call for each text: a batch is no faster, and at a failure ends the whole process.
    long encoding = call(location, () -> TokenizersLibrary.LIB.encode(open, text, true));
    try {
      return new Tokens(
          TokenizersLibrary.LIB.getTokenIds(encoding), TokenizersLibrary.LIB.getTypeIds(encoding));
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  private Examples padded(Tokens[] rows, int[] labels) {
    int longest = Arrays.stream(rows).mapToInt(row -> row.ids().length).max().orElse(0);
    int length = Math.max(longest, 1);
    int[] ids = new int[Examples.arrayLength(rows.length, length)];
    int[] mask = new int[ids.length];
    int[] types = new int[ids.length];
    Arrays.fill(ids, paddingId);
    for (int i = 0; i < rows.length; i++) {
      for (int t = 0; t < rows[i].ids().length; t++) {
        ids[i * length + t] = (int) rows[i].ids()[t];
        mask[i * length + t] = 1;
        types[i * length + t] = (int) rows[i].types()[t];
      }
    }
    List<Examples.Input> inputs =
        List.of(
            new Examples.Input(INPUT_IDS, List.of(length), null, ids),
            new Examples.Input(ATTENTION_MASK, List.of(length), null, mask),
            new Examples.Input(TOKEN_TYPE_IDS, List.of(length), null, types));
    return new Examples(rows.length, inputs, labels);
  }

  private static long call(String location, LongSupplier library) {
    try {
      return library.getAsLong();
    } catch (RuntimeException e) {
      throw FipException.data(
          "%s: the tokenizers library says: %s",
          location, Settings.oneLine(String.valueOf(e.getMessage())));
    }
  }

  private static void loadLibrary() {
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw new FipException(
          FipException.Category.CONFIGURATION,
          "cannot load the tokenizers' native library: "
              + Settings.oneLine(String.valueOf(e.getCause() == null ? e : e.getCause()))
              + "; check the platform (linux-x86_64) and that DJL_CACHE_DIR is writable",
          e);
    }
  }
}
