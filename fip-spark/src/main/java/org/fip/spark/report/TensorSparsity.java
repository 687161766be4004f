package org.fip.spark.report;

/**
 * The zeros of one tensor.
 *
 * @param tensor its name in the checkpoint
 * @param zeros how many of its weights are exactly zero
 * @param weights how many weights it has
 */
public record TensorSparsity(String tensor, long zeros, long weights) {}
