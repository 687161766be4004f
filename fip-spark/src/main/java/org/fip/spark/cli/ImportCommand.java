package org.fip.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.StringJoiner;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.data.DataSelector;
import org.fip.spark.importing.DataImport;
import org.fip.spark.importing.ImportOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fip import}. */
@Command(
    name = "import",
    description = {
      "Makes Parquet in the Hub's shape of images or texts: train.parquet, test.parquet and"
          + " labels.json.",
      "",
      "Images keep the bytes of their files; those of idx pairs become PNG. Classes get their"
          + " numbers by sorted name; numbers stay as they are."
    },
    footer = {"  fip import photos --out data/photos --test-fraction 0.2"})
final class ImportCommand extends FipCommand {
  private static final List<String> SPLITS = List.of(DataSelector.TRAIN, DataSelector.TEST);

  /** Classes whose numbers are printed; labels.json has all. */
  private static final int SHOWN = 20;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = {
        "On any Hadoop file system: a folder of images CLASS/*.png, *.jpg or *.jpeg, or of"
            + " train/CLASS and test/CLASS; a folder with idx pairs under MNIST's names; a .csv with"
            + " a header or a .jsonl, packed as .gz or not; or a folder with train and test as such"
            + " files."
      })
  private String source;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      required = true,
      description = "The folder to write; it appears as a whole or not at all.")
  private String out;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description =
          "train or test: import only this split, or the source as this one; default all, and"
              + " train.")
  private String split;

  @Option(
      names = "--test-fraction",
      paramLabel = "F",
      description = "Set this part of each class apart as the test split, such as 0.2.")
  private Double testFraction;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Decides which rows are set apart; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "The column or key of texts; default ${DEFAULT-VALUE}.")
  private String textColumn;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      defaultValue = "label",
      description = "The column or key of labels; default ${DEFAULT-VALUE}.")
  private String labelColumn;

  @Option(
      names = "--delimiter",
      paramLabel = "CHARACTER",
      defaultValue = ",",
      description = "What separates the fields of CSV, or tab; default ${DEFAULT-VALUE}")
  private String delimiter;

  @Option(names = "--force", description = "Replace the data that are in the folder.")
  private boolean force;

  @Override
  Outcome run(Session session) {
    ImportOptions options = options();
    Path root = session.path("SOURCE", source);
    Path target = session.path("--out", out);
    NewFolder folder = NewFolder.at(target, force, NewFolder.Content.DATA, session.hadoop());
    DataImport found = DataImport.of(root, options, session.hadoop());
    folder.write(found::writeTo);
    return Outcome.of(json(found, target), text(found, target));
  }

  private ImportOptions options() {
    if (split != null && !split.equals(DataSelector.TRAIN) && !split.equals(DataSelector.TEST)) {
      throw usage("--split is '%s'; use train or test", split);
    }
    if (testFraction != null && !(testFraction > 0 && testFraction < 1)) {
      throw usage("--test-fraction is %s; use a number between 0 and 1", testFraction);
    }
    if (testFraction != null && DataSelector.TEST.equals(split)) {
      throw usage("--test-fraction cuts a training split; leave out --split test");
    }
    String separator = delimiter.equals("tab") || delimiter.equals("\\t") ? "\t" : delimiter;
    if (separator.length() != 1 || separator.charAt(0) == '"') {
      throw usage("--delimiter is '%s'; use one character, or tab", delimiter);
    }
    return new ImportOptions(
        split, testFraction, seed, textColumn, labelColumn, separator.charAt(0));
  }

  private static FipException usage(String format, Object... arguments) {
    return new FipException(Category.USAGE, String.format(format, arguments));
  }

  private static ObjectNode json(DataImport found, Path target) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("out", target.toString());
    ObjectNode examples = json.putObject("examples");
    for (String each : SPLITS) {
      examples.put(each, found.examples().getOrDefault(each, 0));
    }
    ArrayNode classes = json.putArray("classes");
    found.names().forEach(classes::add);
    return json.put("passedOver", found.passedOver());
  }

  private static String text(DataImport found, Path target) {
    StringJoiner counts = new StringJoiner(", ");
    for (String each : SPLITS) {
      Integer count = found.examples().get(each);
      if (count != null) {
        counts.add(count + " " + each);
      }
    }
    String others =
        found.passedOver() == 0 ? "" : "; passed over " + found.passedOver() + " other files";
    return String.format(
        "wrote %s examples of %d classes to %s%s%n%s",
        counts, found.names().size(), target, others, numbers(found.names()));
  }

  /** What number each class has, which labels in recipes are. */
  private static String numbers(List<String> names) {
    StringJoiner numbers = new StringJoiner(", ", "labels: ", names.size() > SHOWN ? ", ..." : "");
    for (int label = 0; label < Math.min(SHOWN, names.size()); label++) {
      numbers.add(label + " " + names.get(label));
    }
    return numbers.toString();
  }
}
