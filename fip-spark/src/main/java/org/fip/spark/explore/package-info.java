/**
 * Many paths at once: a grid of recipes, one task of Spark's for each path, compared and ranked.
 */
package org.fip.spark.explore;
