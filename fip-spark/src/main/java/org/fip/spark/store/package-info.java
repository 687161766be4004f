/**
 * The path store: waypoints on any Hadoop file system, committed by one rename and checked by
 * SHA-256 when they are read.
 */
package org.fip.spark.store;
