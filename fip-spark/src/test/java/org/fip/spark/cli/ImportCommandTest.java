package org.fip.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.ImageFile;
import org.fip.spark.data.DataSelector;
import org.fip.spark.data.DataSets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest {
  @TempDir private Path folder;
  private Path source;
  private Path out;

  @BeforeEach
  void nameFolders() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
    out = folder.resolve("out");
  }

  @Test
  void aFolderOfImagesKeepsItsFiles() throws IOException {
    Path dog = image("dog/b.png", 3);
    Path cat = image("cat/1:ä %.JPG", 1);
    Path hidden = source.resolve("cat/.hidden.png");
    Files.writeString(hidden, "no image");
    Files.writeString(source.resolve("cat/notes.txt"), "no image");
    Path other = image("cat/2.jpeg", 2);
    JsonNode json = imported();
    assertEquals(
        "{\"out\":\"file:%s\",\"examples\":{\"train\":3,\"test\":0},\"classes\":[\"cat\",\"dog\"],\"passedOver\":1}"
            .formatted(out),
        json.toString());
    EncodedExamples train = read("train");
    assertArrayEquals(new int[] {0, 0, 1}, train.labels());
    List<Path> files = List.of(cat, other, dog);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(Files.readAllBytes(files.get(i)), train.payload(i));
    }
    assertEquals("{\"labels\":[\"cat\",\"dog\"]}", names().toString());
    FileMetaData metadata = metadata("train.parquet");
    assertEquals("[\"cat\",\"dog\"]", metadata.getKeyValueMetaData().get("label_names"));
    assertEquals(
        "message rows { optional group image { optional binary bytes; optional binary path (STRING);"
            + " } optional int32 label; }",
        metadata.getSchema().toString().replaceAll("\\s+", " ").strip());
    assertEquals(List.of("labels.json", "train.parquet"), written());
  }

  @Test
  void saysWhatNumberEachClassHas() throws IOException {
    image("dog/1.png", 1);
    image("cat/1.png", 2);
    CommandLineRun run = CommandLineRun.of("import", source.toString(), "--out", out.toString());
    run.assertOk();
    assertTrue(run.out().contains("labels: 0 cat, 1 dog"), run.out());
  }

  @Test
  void splitsOfAFolderShareTheNames() throws IOException {
    image("train/b/1.png", 1);
    image("train/c/1.png", 2);
    image("test/a/1.png", 3);
    image("test/c/1.png", 4);
    assertEquals("[\"a\",\"b\",\"c\"]", imported().get("classes").toString());
    assertArrayEquals(new int[] {1, 2}, read("train").labels());
    assertArrayEquals(new int[] {0, 2}, read("test").labels());
    assertEquals("[\"a\",\"c\"]", imported("--split", "test", "--force").get("classes").toString());
    assertEquals(List.of("labels.json", "test.parquet"), written());
  }

  @Test
  void aClassMayBeCalledTrain() throws IOException {
    image("train/1.png", 1);
    image("test/1.png", 2);
    assertEquals("[\"test\",\"train\"]", imported().get("classes").toString());
  }

  @Test
  void aPartOfEachClassIsSetApartBySeed() throws IOException {
    StringBuilder csv = new StringBuilder("text,label\n");
    for (int row = 0; row < 61; row++) {
      csv.append("text ").append(row).append(',').append(row < 40 ? "a" : row < 60 ? "b" : "c");
      csv.append('\n');
    }
    Files.writeString(source.resolve("rows.csv"), csv);
    source = source.resolve("rows.csv");
    JsonNode json = imported("--test-fraction", "0.2", "--seed", "7");
    assertEquals("{\"train\":49,\"test\":12}", json.get("examples").toString());
    int[] expected = new int[12];
    Arrays.fill(expected, 8, 12, 1);
    assertArrayEquals(expected, read("test").labels());
    List<String> test = texts("test");
    TreeSet<String> all = new TreeSet<>(test);
    all.addAll(texts("train"));
    assertEquals(61, all.size());
    imported("--test-fraction", "0.2", "--seed", "7", "--force");
    assertEquals(test, texts("test"));
    imported("--test-fraction", "0.2", "--force");
    assertFalse(test.equals(texts("test")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void idxPairsKeepEveryPixel(String suffix) throws IOException {
    byte[] train = idx("train", suffix, 4, 0, 9);
    byte[] test = idx("t10k", suffix, 7);
    JsonNode json = imported();
    assertEquals("{\"train\":3,\"test\":1}", json.get("examples").toString());
    assertEquals(10, json.get("classes").size());
    assertArrayEquals(new int[] {4, 0, 9}, read("train").labels());
    assertArrayEquals(train, pixels("train"));
    assertArrayEquals(new int[] {7}, read("test").labels());
    assertArrayEquals(test, pixels("test"));
  }

  @Test
  void csvBecomesTexts() throws IOException {
    try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(source("a.csv.gz")))) {
      file.write(
          "id,label,text\r\n1,no,\"x, \"\"y\"\"\nz\"\r\n\r\n2,ja,täglich\r\n".getBytes(UTF_8));
    }
    assertEquals("[\"ja\",\"no\"]", imported().get("classes").toString());
    assertEquals(List.of("x, \"y\"\nz", "täglich"), texts("train"));
    assertArrayEquals(new int[] {1, 0}, read("train").labels());
  }

  @Test
  void numbersStayAndColumnsAreNamed() throws IOException {
    Files.writeString(source("a.csv"), "body\tclass\n10,5\t3\nb\t1\n");
    JsonNode json =
        imported(
            "--text-column",
            "body",
            "--label-column",
            "class",
            "--delimiter",
            "tab",
            "--split",
            "test");
    assertEquals("[\"0\",\"1\",\"2\",\"3\"]", json.get("classes").toString());
    assertArrayEquals(new int[] {3, 1}, read("test").labels());
    assertEquals(List.of("10,5", "b"), texts("test"));
  }

  @Test
  void jsonLinesBecomeTexts() throws IOException {
    Files.writeString(
        source("a.jsonl"),
        """
        {"text": "one\\ntwo", "label": "10", "more": [1]}

        {"label": "9", "text": ""}
        """);
    assertEquals("[\"10\",\"9\"]", imported().get("classes").toString());
    assertEquals(List.of("one\ntwo", ""), texts("train"));
    assertArrayEquals(new int[] {0, 1}, read("train").labels());
  }

  @Test
  void jsonLinesOfAnyLengthAreCut() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    List<String> texts = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (int length : new int[] {65507, 65536, 0, 200_000, 1, 65535}) {
      texts.add("ä".repeat(length / 2) + random.nextInt(10));
      lines.append("{\"label\": 0, \"text\": \"").append(texts.get(texts.size() - 1));
      lines.append("\"}\n");
    }
    Files.writeString(source("a.jsonl"), lines);
    imported();
    assertEquals(texts, texts("train"));
  }

  @Test
  void tablesOfAFolderShareTheNames() throws IOException {
    Files.writeString(source.resolve("train.jsonl"), "{\"text\": \"a\", \"label\": \"y\"}");
    Files.writeString(source.resolve("test.csv"), "text,label\nb,z\nc,x\n");
    assertEquals("[\"x\",\"y\",\"z\"]", imported().get("classes").toString());
    assertArrayEquals(new int[] {1}, read("train").labels());
    assertArrayEquals(new int[] {2, 0}, read("test").labels());
    run("--test-fraction", "0.5", "--force")
        .assertFails(
            64,
            "--test-fraction: file:%s has a test split; leave the option out, or cut the other with --split train"
                .formatted(source));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          text,label\\na,1\\nb | line 3 of FILE has 1 fields and the header 2; correct it, or give the --delimiter
          text,label\\na,1\\nb,2,3 | line 3 of FILE has 3 fields and the header 2; correct it, or give the --delimiter
          text,class\\na,1 | line 1 of FILE has no column label; it has text, class; give --label-column
          text,label,text\\na,1,b | line 1 of FILE has the column text twice; rename one, or give --text-column
          text,label\\n\\n\\na,1\\n\\nb | line 6 of FILE has 1 fields and the header 2; correct it, or give the --delimiter
          text,label\\na,1.0 | line 2 of FILE: label 1.0 is neither a name nor a number of a class, 0 to 99999; correct it
          text,label\\na,-1 | line 2 of FILE: label -1 is neither a name nor a number of a class, 0 to 99999; correct it
          text,label\\n"a\\nb",1\\nc, | line 4 of FILE: the label is empty; remove the row or give a label
          text,label\\na,1\\nb,x | line 3 of FILE: label 'x' is a name and labels before are numbers; use one kind
          text,label\\na,x\\nb,1 | line 3 of FILE: label 1 is a number and labels before are names; use one kind
          text,label\\n | FILE has no rows in train; add some
          ^^ | FILE is empty; give a header and rows
          """)
  void wrongCsvIsNamedByLine(String content, String message) throws IOException {
    Files.writeString(source("a.csv"), content.replace("\\n", "\n"));
    run().assertFails(65, message.replace("FILE", "file:" + source));
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          {"text": "a", "label": 1}\\n{"text": "a"} | line 2 of FILE has no key label; add it, or give --label-column
          {"text": 5, "label": 1} | line 1 of FILE: text is no string; correct it
          {"text": "a", "label": 1.0} | line 1 of FILE: label 1.0 is neither an integer nor a string; correct it
          {"text": "a", "label": null} | line 1 of FILE: label null is neither an integer nor a string; correct it
          [1] | line 1 of FILE is no JSON object; write one a line
          {"text": "a", "label": 1, "label": 2} | line 1 of FILE is no JSON object (Duplicate field 'label'); write one a line
          """)
  void wrongJsonIsNamedByLine(String content, String message) throws IOException {
    Files.writeString(source("a.jsonl"), content.replace("\\n", "\n"));
    run().assertFails(65, message.replace("FILE", "file:" + source));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl", "csv.gz", "jsonl.gz"})
  void bytesThatAreNoTextAreData(String ending) throws IOException {
    byte[] bytes = "text,label\n{\"text\":\"a\n".getBytes(UTF_8);
    bytes[bytes.length - 2] = (byte) 0xFF;
    Files.write(source("a." + ending), bytes);
    CommandLineRun run = run();
    assertEquals(65, run.exitCode(), run.err());
    assertTrue(run.err().contains("file:" + source), run.err());
    assertEquals(1, run.err().lines().count());
  }

  @Test
  void wrongFoldersAreNamed() throws IOException {
    run()
        .assertFails(
            65,
            "file:%s has no data to import; give folders CLASS/IMAGE.png or .jpg, idx pairs under MNIST's names, or train and test as .csv or .jsonl"
                .formatted(source));
    Files.createDirectory(source.resolve("cat"));
    run()
        .assertFails(
            65,
            "file:%s/cat has no .png, .jpg or .jpeg file; give folders CLASS/IMAGE, train/CLASS/IMAGE or test/CLASS/IMAGE and nothing else"
                .formatted(source));
    source = source.resolve("missing");
    run().assertFails(66, "file:" + source + " does not exist; correct the path of the source");
    source = Files.writeString(folder.resolve("a.txt"), "");
    run()
        .assertFails(
            65,
            "file:%s is no .csv, .jsonl, .csv.gz or .jsonl.gz file; give one, or a folder"
                .formatted(source));
  }

  @Test
  void aDamagedImageLeavesWhatWasThere() throws IOException {
    image("a/1.png", 1);
    imported();
    byte[] before = Files.readAllBytes(out.resolve("train.parquet"));
    Files.writeString(source.resolve("a/2.png"), "no image");
    run("--force")
        .assertFails(
            65,
            "file:%s/a/2.png: 8 bytes that are no PNG or JPEG file; store images in one of these"
                .formatted(source));
    assertArrayEquals(before, Files.readAllBytes(out.resolve("train.parquet")));
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(2, all.count());
    }
  }

  @Test
  void aFullDiskLeavesNothing() throws IOException {
    image("a/1.png", 1);
    System.setProperty("spark.hadoop.fs.full.impl", FullDisk.class.getName());
    try {
      CommandLineRun.of("import", source.toString(), "--out", "full:" + out)
          .assertFails(
              74,
              "full:%s: cannot be written: No space left on device; check rights and space there"
                  .formatted(out));
    } finally {
      System.clearProperty("spark.hadoop.fs.full.impl");
    }
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(List.of(source), all.toList());
    }
  }

  /** The local disk, with space for a hundred bytes of each file. */
  public static final class FullDisk extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("full:///");
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      OutputStream space =
          super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(
          new FilterOutputStream(space) {
            private int left = 100;

            @Override
            public void write(int value) throws IOException {
              if (left-- == 0) {
                throw new IOException("No space left on device");
              }
              out.write(value);
            }
          },
          null);
    }
  }

  @Test
  void onlyImportedDataAreReplacedAndOnlyByForce() throws IOException {
    image("a/1.png", 1);
    imported();
    run()
        .assertFails(
            64,
            "--out: file:%s is not empty; give another folder, or --force to replace it"
                .formatted(out));
    imported("--force");
    Files.writeString(out.resolve("mine.txt"), "");
    run("--force")
        .assertFails(
            64,
            "--out: file:%s holds more than imported data, --force does not replace it; give another folder"
                .formatted(out));
  }

  @Test
  void wrongOptionsAreUsage() {
    run("--split", "val").assertFails(64, "--split is 'val'; use train or test");
    run("--test-fraction", "1")
        .assertFails(64, "--test-fraction is 1.0; use a number between 0 and 1");
    run("--test-fraction", "0.5", "--split", "test")
        .assertFails(64, "--test-fraction cuts a training split; leave out --split test");
    run("--delimiter", "ab").assertFails(64, "--delimiter is 'ab'; use one character, or tab");
  }

  @Test
  void rowGroupsAreBounded() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder csv = new StringBuilder("text,label\n");
    for (int row = 0; row < 30; row++) {
      random.ints(1 << 20, 'a', 'z').forEach(letter -> csv.append((char) letter));
      csv.append(",1\n");
    }
    Files.writeString(source("a.csv"), csv);
    imported();
    try (ParquetFileReader reader = reader("train.parquet")) {
      assertTrue(reader.getRowGroups().size() > 1, reader.getRowGroups().toString());
      reader
          .getRowGroups()
          .forEach(group -> assertTrue(group.getCompressedSize() < 20 << 20, group.toString()));
    }
    assertEquals(30, read("train").size());
  }

  private Path source(String name) {
    source = source.resolve(name);
    return source;
  }

  private Path image(String name, int seed) throws IOException {
    Path file = source.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20; i++) {
      image.setRGB(i % 5, i / 5, random.nextInt());
    }
    assertTrue(ImageIO.write(image, name.endsWith("png") ? "png" : "jpg", file.toFile()));
    return file;
  }

  private byte[] idx(String prefix, String suffix, int... labels) throws IOException {
    byte[] pixels = new byte[labels.length * 6];
    new SplittableRandom(labels.length).nextBytes(pixels);
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    idxFile(prefix + "-images-idx3-ubyte" + suffix, pixels, labels.length, 2, 3);
    idxFile(prefix + "-labels-idx1-ubyte" + suffix, bytes, labels.length);
    return pixels;
  }

  private void idxFile(String name, byte[] values, int... dimensions) throws IOException {
    try (OutputStream raw = Files.newOutputStream(source.resolve(name));
        OutputStream packed = name.endsWith(".gz") ? new GZIPOutputStream(raw) : raw;
        DataOutputStream data = new DataOutputStream(packed)) {
      data.writeInt(0x800 | dimensions.length);
      for (int dimension : dimensions) {
        data.writeInt(dimension);
      }
      data.write(values);
    }
  }

  private CommandLineRun run(String... more) {
    String[] start = {"import", source.toString(), "--out", out.toString()};
    return CommandLineRun.of(start, more);
  }

  private JsonNode imported(String... more) {
    CommandLineRun run =
        run(Stream.concat(Arrays.stream(more), Stream.of("--json")).toArray(String[]::new));
    run.assertOk();
    return run.json();
  }

  private EncodedExamples read(String split) {
    return DataSets.read(DataSelector.of(out.toString(), split), new Configuration(false));
  }

  private List<String> texts(String split) {
    EncodedExamples examples = read(split);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      texts.add(new String(examples.payload(i), UTF_8));
    }
    return texts;
  }

  private byte[] pixels(String split) {
    EncodedExamples examples = read(split);
    byte[] all = new byte[6 * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      System.arraycopy(ImageFile.decode(examples.payload(i)).pixels(), 0, all, 6 * i, 6);
    }
    return all;
  }

  private JsonNode names() throws IOException {
    return new ObjectMapper().readTree(out.resolve("labels.json").toFile());
  }

  private ParquetFileReader reader(String name) throws IOException {
    return ParquetFileReader.open(new LocalInputFile(out.resolve(name)));
  }

  private FileMetaData metadata(String name) throws IOException {
    try (ParquetFileReader reader = reader(name)) {
      return reader.getFileMetaData();
    }
  }

  private List<String> written() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
