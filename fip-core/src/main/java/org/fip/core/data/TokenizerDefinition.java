package org.fip.core.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.fip.core.FipException;

/**
 * How a network's folder wants texts cut into tokens: its {@code tokenizer.json}, or the one that
 * its {@code vocab.txt} stands for, with what {@code tokenizer_config.json} adds.
 */
final class TokenizerDefinition {

  static final String TOKENIZER = "tokenizer.json";
  static final String VOCABULARY = "vocab.txt";

  /** Settings of BERT's tokenizers, and the keys of the normalizer that say the same. */
  private static final Map<String, String> NORMALIZER_KEYS =
      Map.of(
          "do_lower_case", "lowercase",
          "strip_accents", "strip_accents",
          "tokenize_chinese_chars", "handle_chinese_chars");

  private final TokenizerSettings settings;
  private final Settings tokenizer;
  private final boolean cutsLeft;

  /**
   * Reads the files.
   *
   * @param files content by file name
   * @param folder where they are, for messages
   * @throws FipException DATA when there is no tokenizer, or it is not complete
   */
  TokenizerDefinition(Map<String, byte[]> files, String folder) {
    settings = new TokenizerSettings(files, folder);
    if (files.containsKey(TOKENIZER)) {
      tokenizer = Settings.parse(files.get(TOKENIZER), folder + "/" + TOKENIZER);
      refuseContradictions();
    } else if (files.containsKey(VOCABULARY)) {
      String location = folder + "/" + VOCABULARY;
      tokenizer = new BertVocabulary(files.get(VOCABULARY), location, settings).tokenizer();
    } else {
      throw FipException.data("%s: no tokenizer; give %s or %s", folder, TOKENIZER, VOCABULARY);
    }
    cutsLeft = left("truncation");
    if (left("padding")) {
      throw settings.config().unsupported("padding_side", "left", "right");
    }
  }

  /** The file that the tokens come from, for messages. */
  String location() {
    return tokenizer.location();
  }

  /** The most tokens of a text. */
  int maxLength(int maxPositions) {
    return settings.maxLength(maxPositions);
  }

  /**
   * The definition that the tokenizers library reads: it pads nothing, and cuts nothing before it
   * is told a length.
   */
  String json() {
    ObjectNode json = tokenizer.json().deepCopy();
    json.putNull("padding");
    json.putObject("truncation")
        .put("direction", cutsLeft ? "Left" : "Right")
        .put("max_length", Integer.MAX_VALUE)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    return json.toString();
  }

  /** The id of the token that short rows are filled with. */
  int paddingId() {
    String known = Settings.get(tokenizer.get("padding"), "pad_token").asText("[PAD]");
    String token = settings.specialToken("pad_token", known);
    for (JsonNode added : tokenizer.get("added_tokens")) {
      if (added.path("content").asText().equals(token) && added.path("id").isInt()) {
        return added.get("id").asInt();
      }
    }
    int id = modelId(token);
    if (id < 0) {
      throw TokenizerSettings.missing(location(), "pad_token", token);
    }
    return id;
  }

  /** The id of a token in the model's vocabulary, a mapping or a list of pairs; -1 for none. */
  private int modelId(String token) {
    JsonNode vocabulary = tokenizer.get("model").path("vocab");
    for (int id = 0; vocabulary.isArray() && id < vocabulary.size(); id++) {
      if (vocabulary.get(id).path(0).asText().equals(token)) {
        return id;
      }
    }
    return vocabulary.path(token).asInt(-1);
  }

  private boolean left(String action) {
    String direction = Settings.get(tokenizer.get(action), "direction").asText("right");
    return settings.left(action + "_side", direction);
  }

  /** Where the two files differ, Python's library follows the settings, and silently. */
  private void refuseContradictions() {
    JsonNode normalizer = tokenizer.get("normalizer");
    if (!normalizer.path("type").asText().equals("BertNormalizer")) {
      return;
    }
    NORMALIZER_KEYS.forEach(
        (setting, key) -> {
          JsonNode wanted = settings.config().get(setting);
          JsonNode found = normalizer.path(key);
          if (wanted.isBoolean() && found.isBoolean() && !wanted.equals(found)) {
            throw FipException.data(
                "%s: %s is %s and normalizer.%s of %s is %s; make them agree",
                settings.config().location(), setting, wanted, key, TOKENIZER, found);
          }
        });
  }
}
