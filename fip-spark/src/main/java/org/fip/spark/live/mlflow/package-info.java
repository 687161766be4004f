/** Paths as runs of an MLflow tracking server. */
package org.fip.spark.live.mlflow;
