package org.fip.spark.data;

import java.util.List;

/**
 * Which examples of a data set are meant.
 *
 * @param path folder or file, any Hadoop path
 * @param split {@code train}, {@code test} or {@code validation}; default {@code train}
 * @param labels classes whose examples are kept, or null for all
 * @param labelOffset added to every label, default 0
 * @param limit size of the class-balanced sample that is drawn, or null for all examples
 * @param seed of that draw, default 0
 */
public record DataSelector(
    String path, String split, List<Integer> labels, int labelOffset, Integer limit, long seed) {}
