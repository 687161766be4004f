package org.fip.spark.job;

import org.fip.spark.store.PathStore;

/**
 * A walk along a path or a stretch of it, as it begins or is taken up again.
 *
 * @param name what it is called to people, such as {@code anchored: fashion}
 * @param store of the path
 * @param taken steps that the path has already
 * @param steps steps that it has at the end of this walk
 * @param total steps that it has when all its walks are at their ends
 */
public record WalkStart(String name, PathStore store, long taken, long steps, long total) {}
