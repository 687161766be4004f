package org.fip.spark.report;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Commands of this program as a reader may paste them into a shell. */
public final class ShellCommands {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/:=@+,-]+");

  private ShellCommands() {}

  /** Makes the report of these stores again. */
  public static String report(List<String> stores) {
    return stores.stream()
        .map(ShellCommands::quoted)
        .collect(Collectors.joining(" ", "fip report ", " --out report.html"));
  }

  /** Exports the newest network of a store. */
  public static String export(String store, String name) {
    return "fip export --store " + quoted(store) + " --out " + quoted("models/" + name);
  }

  /** A word, in quotes where a shell would read it as anything else. */
  static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
