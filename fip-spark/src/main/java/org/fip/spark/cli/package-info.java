/**
 * The command line: options, exit codes, what goes to standard output and what to standard error.
 *
 * <p>Standard output carries the result and nothing else; with {@code --json} that is exactly one
 * JSON document, also when a command fails. Logs, progress and the one line of an error go to
 * standard error. Spark is started when a command first asks for it.
 */
package org.fip.spark.cli;
