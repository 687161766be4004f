/** Sums among processes over sockets of their own. */
package org.fip.spark.allreduce;
