package org.fip.spark.recipe;

/**
 * An interval of numbers, each end inside it or not.
 *
 * @param least lower end
 * @param leastInside whether the lower end belongs to it
 * @param most upper end; infinite when there is none
 * @param mostInside whether the upper end belongs to it
 */
record Range(double least, boolean leastInside, double most, boolean mostInside) {
  static final Range POSITIVE = new Range(0, false, Double.POSITIVE_INFINITY, false);
  static final Range NOT_NEGATIVE = new Range(0, true, Double.POSITIVE_INFINITY, false);

  boolean contains(double value) {
    boolean above = leastInside ? value >= least : value > least;
    return above && (mostInside ? value <= most : value < most);
  }

  String describe() {
    String lower = "a number " + (leastInside ? "of at least " : "above ") + plain(least);
    return most == Double.POSITIVE_INFINITY
        ? lower
        : lower + (mostInside ? " and at most " : " and below ") + plain(most);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
