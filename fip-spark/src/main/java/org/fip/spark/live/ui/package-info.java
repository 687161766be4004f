/**
 * The tab "FIP paths" of Spark's web interface, while an application runs and in the history
 * server, which makes it from the event log. Spark's own classes for this are public in bytecode
 * only; all use of them is here.
 */
package org.fip.spark.live.ui;
