package org.fip.spark.recipe;

/**
 * The path that {@code connect} finds.
 *
 * @param to Hugging Face folder of the network that the path ends at, any Hadoop path; the recipe's
 *     {@code network} is where it starts
 * @param align what is done before with the network at the end: {@code none}, or {@code weights},
 *     which gives its hidden units the places that bring its weights nearest to those at the start
 *     and leaves its function as it is
 * @param bends corners of the path between its ends
 * @param resolution points of each straight piece at which the path is measured, evaluated and
 *     stored
 */
public record ConnectSettings(String to, Alignment align, int bends, int resolution) {

  /** What is done with the network at the end. */
  public enum Alignment {
    /** It stays as it is. */
    NONE,
    /** Hidden units change places by weight matching. */
    WEIGHTS
  }

  static ConnectSettings read(Section section) {
    return new ConnectSettings(
        section.optionalText("to", "the folder of a network, for example models/other"),
        section.choice("align", java.util.List.of(Alignment.values())),
        section.smallInteger("bends", 1, 1000),
        section.smallInteger("resolution", 1, 1000));
  }

  /** Points at which the path is stored, the start not counted. */
  public int points() {
    return (bends + 1) * resolution;
  }
}
