/** Spark's executors as the workers of a manifold. */
package org.fip.spark.manifold;
