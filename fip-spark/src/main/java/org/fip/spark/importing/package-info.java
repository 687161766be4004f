/**
 * Importing data: folders of images, idx pairs, CSV and JSON lines become Parquet in the Hub's
 * shape, row by row.
 */
package org.fip.spark.importing;
