/**
 * Sums over sockets of our own: among processes ({@link org.fip.spark.allreduce.AllReduce}), and of
 * what others hold ({@link org.fip.spark.allreduce.VectorSum}).
 */
package org.fip.spark.allreduce;
