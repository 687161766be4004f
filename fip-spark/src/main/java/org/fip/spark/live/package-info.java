/**
 * What people and monitors see of paths while they are walked. A walk tells {@link
 * org.fip.spark.live.LivePaths}, which tells all others: terminal or log, {@code status.json},
 * TensorBoard's files, the Spark UI, metrics, MLflow. Nothing flows back, and no failure of one of
 * them stops a walk.
 */
package org.fip.spark.live;
