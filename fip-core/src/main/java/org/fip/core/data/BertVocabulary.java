package org.fip.core.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fip.core.FipException;

/**
 * BERT's WordPiece tokenizer over a {@code vocab.txt}, whose lines are the tokens in the order of
 * their ids, written as a {@code tokenizer.json}.
 */
final class BertVocabulary {

  private static final List<String> CLASSES = List.of("BertTokenizer", "BertTokenizerFast");

  private final String location;
  private final TokenizerSettings settings;
  private final ObjectNode ids = JsonNodeFactory.instance.objectNode();

  /** Reads the vocabulary; {@code location} is the file, for messages. */
  BertVocabulary(byte[] file, String location, TokenizerSettings settings) {
    this.location = location;
    this.settings = settings;
    JsonNode type = settings.config().get("tokenizer_class");
    if (!type.isMissingNode() && !CLASSES.contains(type.asText())) {
      throw settings
          .config()
          .unsupported("tokenizer_class", type, CLASSES + " without a tokenizer.json");
    }
    List<String> lines = text(file).lines().toList();
    for (int id = 0; id < lines.size(); id++) {
      ids.put(lines.get(id), id);
    }
  }

  private String text(byte[] file) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      throw FipException.data("%s: not a text in UTF-8; give one token a line", location);
    }
  }

  /** The definition that the tokenizers library reads. */
  Settings tokenizer() {
    Settings config = settings.config();
    String unknown = special("unk_token", "[UNK]");
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    json.set("added_tokens", addedTokens(unknown));
    boolean lowercase = config.flag("do_lower_case", true);
    json.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", config.flag("tokenize_chinese_chars", true))
        .put("strip_accents", config.flag("strip_accents", lowercase))
        .put("lowercase", lowercase);
    json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    json.set("post_processor", template());
    json.putObject("model")
        .put("type", "WordPiece")
        .put("unk_token", unknown)
        .put("continuing_subword_prefix", "##")
        .put("max_input_chars_per_word", 100)
        .set("vocab", ids);
    return new Settings(json, location);
  }

  /** The tokens that a text may name as they are, in the order of their ids. */
  private ArrayNode addedTokens(String unknown) {
    Map<Integer, ObjectNode> tokens = new TreeMap<>();
    String mask = settings.specialToken("mask_token", "[MASK]");
    for (String token : List.of(special("pad_token", "[PAD]"), unknown, cls(), sep(), mask)) {
      if (ids.has(token)) {
        tokens.put(ids.get(token).asInt(), token(token, true));
      }
    }
    for (Map.Entry<String, JsonNode> entry :
        settings.config().get("added_tokens_decoder").properties()) {
      JsonNode content = entry.getValue().path("content");
      if (!entry.getKey().matches("\\d{1,9}") || !content.isTextual()) {
        throw settings.config().unsupported("added_tokens_decoder", entry, "tokens by their ids");
      }
      ObjectNode token = token(content.asText(), false).setAll((ObjectNode) entry.getValue());
      tokens.put(Integer.parseInt(entry.getKey()), token);
    }
    ArrayNode added = JsonNodeFactory.instance.arrayNode();
    tokens.forEach((id, token) -> added.add(token.put("id", id)));
    return added;
  }

  private static ObjectNode token(String content, boolean special) {
    ObjectNode token = JsonNodeFactory.instance.objectNode().put("content", content);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      token.put(flag, false);
    }
    return token.put("special", special);
  }

  private ObjectNode template() {
    ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    addPiece(single, "SpecialToken", cls(), 0);
    addPiece(single, "Sequence", "A", 0);
    addPiece(single, "SpecialToken", sep(), 0);
    ArrayNode pair = template.putArray("pair").addAll(single);
    addPiece(pair, "Sequence", "B", 1);
    addPiece(pair, "SpecialToken", sep(), 1);
    ObjectNode tokens = template.putObject("special_tokens");
    for (String name : List.of(cls(), sep())) {
      ObjectNode token = tokens.putObject(name).put("id", name);
      token.putArray("ids").add(ids.get(name));
      token.putArray("tokens").add(name);
    }
    return template;
  }

  private static void addPiece(ArrayNode pieces, String kind, String id, int type) {
    pieces.addObject().putObject(kind).put("id", id).put("type_id", type);
  }

  private String cls() {
    return special("cls_token", "[CLS]");
  }

  private String sep() {
    return special("sep_token", "[SEP]");
  }

  private String special(String key, String fallback) {
    String token = settings.specialToken(key, fallback);
    if (!ids.has(token)) {
      throw TokenizerSettings.missing(location, key, token);
    }
    return token;
  }
}
