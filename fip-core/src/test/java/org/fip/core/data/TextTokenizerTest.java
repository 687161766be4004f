package org.fip.core.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.fip.core.data.ExamplesTest.assertData;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a vocabulary of 29 tokens, whose ids are the numbers in the expectations. */
class TextTokenizerTest {

  private static final String JSON = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String CONFIG = "tokenizer_config.json";

  @ParameterizedTest
  @ValueSource(strings = {JSON, VOCABULARY})
  void textsBecomePaddedRowsOfTokens(String file) {
    Examples examples = decode(files(file), 64, "The paths walked, functionally!", "", "of");
    assertEquals(
        List.of("input_ids", "attention_mask", "token_type_ids"),
        examples.inputs().stream().map(Examples.Input::name).toList());
    assertEquals(List.of(11), examples.inputs().get(0).shape());
    assertArrayEquals(
        new int[] {
          3, 6, 7, 8, 9, 10, 17, 12, 13, 18, 4,
          3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          3, 14, 4, 0, 0, 0, 0, 0, 0, 0, 0
        },
        ids(examples));
    assertArrayEquals(
        new int[] {
          1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
          1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0
        },
        examples.inputs().get(1).integers());
    assertArrayEquals(new int[33], examples.inputs().get(2).integers());
    assertArrayEquals(new int[] {0, 1, 2}, examples.labels());
  }

  @ParameterizedTest
  @ValueSource(strings = {JSON, VOCABULARY})
  void charactersOfEveryKindAreCleanedAsBertDoes(String file) {
    assertArrayEquals(
        new int[] {3, 19, 21, 22, 24, 5, 4}, ids(decode(files(file), 64, " CAFÉ\t中文\n😀 [MASK] ")));
    assertArrayEquals(new int[] {3, 26, 27, 4}, ids(decode(files(file), 64, "a\0\u0001b")));
    assertArrayEquals(new int[] {3, 2, 26, 4}, ids(decode(files(file), 64, "weightless a")));
    assertArrayEquals(new int[] {3, 2, 4}, ids(decode(files(file), 64, "a".repeat(101))));
  }

  @Test
  void bytesThatAreNoUtf8AreCleanedAway() {
    byte[][] texts = {{'a', (byte) 0xFF, 'b'}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80, 'a'}};
    try (TextTokenizer tokenizer = new TextTokenizer(files(JSON), "f", 64)) {
      Examples examples =
          tokenizer.decode(EncodedExamples.texts(texts, new int[0], new int[2], "t"));
      assertArrayEquals(new int[] {3, 26, 27, 4, 3, 26, 4, 0}, ids(examples));
    }
  }

  @Test
  void bothFilesGiveEqualTokens() {
    Random random = new Random(7);
    String[] pieces = {
      "The", "paths", "walked", " ", " ", "中文", "é", "!", "\u0301", "[SEP]", "😀", "ß"
    };
    String[] texts =
        IntStream.range(0, 3000)
            .mapToObj(
                i ->
                    random
                        .ints(random.nextInt(20), 0, pieces.length)
                        .mapToObj(piece -> pieces[piece])
                        .collect(Collectors.joining()))
            .toArray(String[]::new);
    Examples expected = decode(files(JSON), 12, texts);
    Examples actual = decode(files(VOCABULARY), 12, texts);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(
          expected.inputs().get(i).integers(), actual.inputs().get(i).integers(), "seed 7");
    }
    assertArrayEquals(ids(decode(files(JSON), 12, texts[2500])), ids(expected, 2500));
  }

  @Test
  void theTokenizerWinsOverTheVocabulary() {
    Map<String, byte[]> both = new HashMap<>(files(JSON));
    both.put(VOCABULARY, "of\nno\nuse".getBytes(UTF_8));
    assertArrayEquals(new int[] {3, 14, 4}, ids(decode(both, 64, "of")));
  }

  @ParameterizedTest
  @ValueSource(strings = {JSON, VOCABULARY})
  void longTextsAreCutBetweenTheirSpecialTokens(String file) {
    String text = "the path of weight walk";
    assertArrayEquals(new int[] {3, 6, 7, 14, 15, 9, 4}, ids(decode(files(file), 7, text)));
    assertArrayEquals(new int[] {3, 6, 7, 14, 4}, ids(decode(files(file), 5, text)));
    assertArrayEquals(new int[] {3, 4}, ids(decode(files(file), 2, text)));
    Map<String, byte[]> six = with(files(file), CONFIG, "{'model_max_length': 6}");
    assertArrayEquals(new int[] {3, 6, 7, 14, 15, 4}, ids(decode(six, 64, text)));
    Map<String, byte[]> none =
        with(files(file), CONFIG, "{'model_max_length': 1000000000000000019884624838656}");
    assertArrayEquals(new int[] {3, 6, 7, 14, 4}, ids(decode(none, 5, text)));
    Map<String, byte[]> left = with(files(file), CONFIG, "{'truncation_side': 'left'}");
    assertArrayEquals(new int[] {3, 14, 15, 9, 4}, ids(decode(left, 5, text)));
  }

  @Test
  void theSettingsOfTheVocabularyAreFollowed() {
    String text = "The café 中文";
    assertArrayEquals(new int[] {3, 6, 19, 21, 22, 4}, ids(decode(vocabulary("{}"), 64, text)));
    assertArrayEquals(
        new int[] {3, 25, 20, 21, 22, 4},
        ids(decode(vocabulary("{'do_lower_case': false}"), 64, text)));
    assertArrayEquals(
        new int[] {3, 6, 20, 21, 22, 4},
        ids(decode(vocabulary("{'strip_accents': false}"), 64, text)));
    assertArrayEquals(
        new int[] {3, 6, 19, 23, 4},
        ids(decode(vocabulary("{'tokenize_chinese_chars': false}"), 64, text)));
  }

  @Test
  void specialTokensMayHaveOtherNames() {
    String map = "{'cls_token': '[unused0]', 'sep_token': {'content': '!'}, 'pad_token': '.'}";
    Map<String, byte[]> files = with(files(VOCABULARY), "special_tokens_map.json", map);
    assertArrayEquals(new int[] {1, 6, 18, 1, 18, 16}, ids(decode(files, 64, "the", "")));
    files = with(files, CONFIG, "{'sep_token': ',', 'unk_token': 'a'}");
    assertArrayEquals(new int[] {1, 26, 17}, ids(decode(files, 64, "unknown")));
    files = with(files(JSON), CONFIG, "{'pad_token': '[unused0]'}");
    assertArrayEquals(new int[] {3, 6, 4, 3, 4, 1}, ids(decode(files, 64, "the", "")));
  }

  @Test
  void tokensAddedToTheVocabularyAreKept() {
    Map<String, byte[]> files =
        vocabulary(
            "{'added_tokens_decoder': {'29': {'content': '<new>', 'normalized': false},"
                + " '0': {'content': '[PAD]', 'special': true}}}");
    assertArrayEquals(new int[] {3, 6, 29, 7, 4}, ids(decode(files, 64, "the<new>path")));
  }

  @Test
  void noTextsAreNoRowsOfOneToken() {
    Examples examples = decode(files(JSON), 64);
    assertEquals(0, examples.size());
    assertEquals(List.of(1), examples.inputs().get(0).shape());
  }

  @Test
  void whatIsMissingIsNamed() {
    assertData("f: no tokenizer; give tokenizer.json or vocab.txt", () -> open(Map.of(), 64));
    assertData(
        "f/vocab.txt: the sep_token [SEP] is missing; add it, or correct sep_token in"
            + " tokenizer_config.json",
        () -> open(Map.of(VOCABULARY, "[PAD]\n[UNK]\n[CLS]".getBytes(UTF_8)), 64));
    assertData(
        "f/tokenizer.json: the pad_token <pad> is missing; add it, or correct pad_token in"
            + " tokenizer_config.json",
        () -> open(with(files(JSON), CONFIG, "{'pad_token': '<pad>'}"), 64));
  }

  @Test
  void aWordThatHasNoTokenIsRefusedByRow() {
    Map<String, byte[]> files =
        with(
            Map.of(),
            JSON,
            "{'model': {'type': 'WordPiece', 'unk_token': '[UNK]',"
                + " 'continuing_subword_prefix': '##', 'max_input_chars_per_word': 9,"
                + " 'vocab': {'[PAD]': 0, 'the': 1}}}");
    assertArrayEquals(new int[] {1}, ids(decode(files, 64, "the")));
    assertData(
        "row 1 of texts: f/tokenizer.json: the tokenizers library says: WordPiece error: Missing"
            + " [UNK] token from the vocabulary",
        () -> decode(files, 64, "the", "path"));
  }

  @Test
  void whatIsMalformedIsRefusedInOneLine() {
    assertData(
        "f/tokenizer.json: expected a JSON object", () -> open(with(Map.of(), JSON, "[]"), 64));
    Map<String, byte[]> cut = new HashMap<>(files(JSON));
    cut.put(JSON, Arrays.copyOf(cut.get(JSON), 900));
    assertRefused("f/tokenizer.json: not JSON: ", cut);
    cut.put(JSON, new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'});
    assertRefused("f/tokenizer.json: not JSON: ", cut);
    assertRefused(
        "f/tokenizer.json: the tokenizers library says: ",
        with(Map.of(), JSON, "{'model': {'vocab': {'[UNK]': 0, '[PAD]': 1}}}"));
    assertRefused("f/tokenizer_config.json: not JSON: ", with(files(JSON), CONFIG, "{"));
    assertData(
        "f/vocab.txt: not a text in UTF-8; give one token a line",
        () -> open(Map.of(VOCABULARY, new byte[] {(byte) 0xFF}), 64));
  }

  @Test
  void settingsThatCannotBeFollowedAreRefused() {
    assertData(
        "f/tokenizer_config.json: padding_side is left; supported: right",
        () -> open(with(files(JSON), CONFIG, "{'padding_side': 'left'}"), 64));
    assertData(
        "f/tokenizer_config.json: tokenizer_class is \"BertJapaneseTokenizer\"; supported:"
            + " [BertTokenizer, BertTokenizerFast] without a tokenizer.json",
        () -> open(vocabulary("{'tokenizer_class': 'BertJapaneseTokenizer'}"), 64));
    assertData(
        "f/tokenizer_config.json: do_lower_case is false and normalizer.lowercase of tokenizer.json"
            + " is true; make them agree",
        () -> open(with(files(JSON), CONFIG, "{'do_lower_case': false}"), 64));
    assertData(
        "f/tokenizer_config.json: pad_token is 7; supported: the text of a token",
        () -> open(with(files(JSON), CONFIG, "{'pad_token': 7}"), 64));
    assertData(
        "f/tokenizer.json: texts of at most 1 tokens have no room for 2 special tokens; correct"
            + " model_max_length in tokenizer_config.json",
        () -> open(files(JSON), 1));
  }

  @Test
  void imagesAreRefused() {
    EncodedExamples images =
        EncodedExamples.pixels(
            new ImageShape(1, 1, 1), new byte[1][1], new int[0], new int[1], "digits");
    try (TextTokenizer tokenizer = new TextTokenizer(files(JSON), "f", 64)) {
      assertData(
          "digits holds images and the network takes text; give a text column",
          () -> tokenizer.decode(images));
    }
  }

  @Test
  void aClosedTokenizerIsNotUsed() {
    TextTokenizer tokenizer = new TextTokenizer(files(JSON), "f", 64);
    tokenizer.close();
    tokenizer.close();
    assertThrows(IllegalStateException.class, () -> tokenizer.decode(texts("the")));
  }

  private static void assertRefused(String start, Map<String, byte[]> files) {
    FipException e = assertThrows(FipException.class, () -> open(files, 64));
    assertEquals(FipException.Category.DATA, e.category());
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  private static void open(Map<String, byte[]> files, int maxPositions) {
    new TextTokenizer(files, "f", maxPositions).close();
  }

  private static Examples decode(Map<String, byte[]> files, int maxPositions, String... texts) {
    try (TextTokenizer tokenizer = new TextTokenizer(files, "f", maxPositions)) {
      return tokenizer.decode(texts(texts));
    }
  }

  private static EncodedExamples texts(String... texts) {
    int[] rows = IntStream.range(0, texts.length).toArray();
    byte[][] bytes = Stream.of(texts).map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
    return EncodedExamples.texts(bytes, rows, rows, "texts");
  }

  private static int[] ids(Examples examples) {
    return examples.inputs().get(0).integers();
  }

  /** The tokens of one row without its padding. */
  private static int[] ids(Examples examples, int row) {
    Examples one = examples.slice(row, row + 1);
    return Arrays.copyOf(ids(one), Arrays.stream(one.inputs().get(1).integers()).sum());
  }

  private static Map<String, byte[]> vocabulary(String config) {
    return with(files(VOCABULARY), CONFIG, config);
  }

  /** The files and one more, whose JSON may be quoted with apostrophes. */
  private static Map<String, byte[]> with(Map<String, byte[]> files, String name, String json) {
    Map<String, byte[]> more = new HashMap<>(files);
    more.put(name, json.replace('\'', '"').getBytes(UTF_8));
    return more;
  }

  private static Map<String, byte[]> files(String name) {
    try (InputStream in = TextTokenizerTest.class.getResourceAsStream("tokenizer/" + name)) {
      return Map.of(name, in.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
