package org.fip.spark.importing;

/**
 * What a row of an imported data set holds beside its label.
 *
 * @param payload an image file or a text in UTF-8
 * @param path what the image was called; null for texts
 */
@SuppressWarnings("ArrayRecordComponent")
record ImportedRow(byte[] payload, String path) {}
