/** Measurements of a path as event files that TensorBoard reads. */
package org.fip.spark.live.tensorboard;
