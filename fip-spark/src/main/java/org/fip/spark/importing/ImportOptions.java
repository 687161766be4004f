package org.fip.spark.importing;

/**
 * How a source is read and cut.
 *
 * @param split the split to import, or that a source without splits becomes; null for all splits,
 *     and for {@code train}
 * @param testFraction the part of each class that becomes the test split; null for none
 * @param seed decides which rows these are
 * @param textColumn the column or key of texts
 * @param labelColumn the column or key of labels
 * @param delimiter what separates the fields of CSV
 */
public record ImportOptions(
    String split,
    Double testFraction,
    long seed,
    String textColumn,
    String labelColumn,
    char delimiter) {}
