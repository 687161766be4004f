package org.fip.spark.explore;

/**
 * A point as results show it.
 *
 * @param state what is known of it
 * @param store its path store
 * @param rank among the finished ones, 1 for the best; null unless it is finished
 * @param pareto whether it is finished and no other finished one dominates it
 */
record Row(PointState state, String store, Integer rank, boolean pareto) {}
