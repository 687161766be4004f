/**
 * Reading data sets from any Hadoop file system: which rows a recipe asks for, in the stored form
 * that travels to executors.
 */
package org.fip.spark.data;
