package org.fip.spark.importing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.storage.Folder;
import org.fip.spark.data.DataSelector;

/** An import: the source is found and its labels are known, its rows are not read yet. */
public final class DataImport {
  /** The file with the names of the classes. */
  public static final String NAMES = "labels.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAMES_KEY = "label_names";
  private static final String PARQUET = ".parquet";

  private final ImportSource source;
  private final BitSet testRows;

  private DataImport(ImportSource source, BitSet testRows) {
    this.source = source;
    this.testRows = testRows;
  }

  /**
   * Finds what is to be imported.
   *
   * @throws FipException NOT_FOUND when there is nothing; DATA when it is no data; USAGE when it
   *     has a test split and one is to be cut
   */
  public static DataImport of(Path root, ImportOptions options, Configuration configuration) {
    ImportSource source = ImportSource.find(root, options, configuration);
    if (options.testFraction() == null) {
      return new DataImport(source, new BitSet());
    }
    ImportedRows train = source.splits().get(DataSelector.TRAIN);
    if (train == null || source.splits().size() > 1) {
      throw new FipException(
          Category.USAGE,
          "--test-fraction: "
              + root
              + " has a test split; leave the option out, or cut the other with --split train");
    }
    BitSet test = TestRows.draw(train.labels(), options.testFraction(), options.seed());
    if (test.isEmpty()) {
      throw FipException.data("%s has one row of each class, so none can be set apart", root);
    }
    return new DataImport(source, test);
  }

  /** The names of the files that an import leaves. */
  public static List<String> fileNames() {
    return List.of(DataSelector.TRAIN + PARQUET, DataSelector.TEST + PARQUET, NAMES);
  }

  /** The names of the classes by label. */
  public List<String> names() {
    return source.names();
  }

  /** How many files beside the images are passed over. */
  public int passedOver() {
    return source.passedOver();
  }

  /** How many examples each split gets. */
  public Map<String, Integer> examples() {
    Map<String, Integer> examples = new TreeMap<>();
    source.splits().forEach((split, rows) -> examples.put(split, rows.labels().length));
    if (!testRows.isEmpty()) {
      examples.put(DataSelector.TEST, testRows.cardinality());
      examples.merge(DataSelector.TRAIN, -testRows.cardinality(), Integer::sum);
    }
    return examples;
  }

  /**
   * Writes all files.
   *
   * @throws FipException DATA for a row that cannot be imported; STORAGE or NOT_FOUND when the
   *     source cannot be read
   * @throws IOException when the folder cannot be written
   */
  public void writeTo(Folder folder) throws IOException {
    for (Map.Entry<String, ImportedRows> split : source.splits().entrySet()) {
      if (testRows.isEmpty()) {
        write(split.getValue(), folder, split.getKey(), new BitSet());
      } else {
        write(split.getValue(), folder, DataSelector.TRAIN, testRows);
      }
    }
    ObjectNode names = JSON.createObjectNode();
    names.set("labels", namesAsJson());
    try (OutputStream out = folder.create(NAMES)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(names));
    }
  }

  /** Writes one split, and beside it the rows that are set apart. */
  private void write(ImportedRows rows, Folder folder, String split, BitSet apart)
      throws IOException {
    int[] labels = rows.labels();
    try (ImportedRows.Cursor cursor = rows.open();
        HubWriter main = writer(rows, folder, split);
        HubWriter test = apart.isEmpty() ? null : writer(rows, folder, DataSelector.TEST)) {
      for (int row = 0; row < labels.length; row++) {
        (apart.get(row) ? test : main).write(cursor.next(), labels[row]);
      }
    }
  }

  private HubWriter writer(ImportedRows rows, Folder folder, String split) throws IOException {
    return new HubWriter(
        new FolderFile(folder, split + PARQUET),
        rows.isText(),
        Map.of(NAMES_KEY, namesAsJson().toString()));
  }

  private ArrayNode namesAsJson() {
    ArrayNode names = JSON.createArrayNode();
    source.names().forEach(names::add);
    return names;
  }
}
