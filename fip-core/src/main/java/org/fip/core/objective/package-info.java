/**
 * What a path descends: a sum of {@link org.fip.core.objective.Term}s, each a function of the
 * outputs on a {@link org.fip.core.objective.Batch} of a named data set.
 */
package org.fip.core.objective;
