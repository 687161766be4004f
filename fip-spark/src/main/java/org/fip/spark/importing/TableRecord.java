package org.fip.spark.importing;

/**
 * One record of a table.
 *
 * @param text its text
 * @param labelCode its label, as {@link LabelColumn} codes it
 */
record TableRecord(String text, int labelCode) {}
