/**
 * Paths in weight space: {@link org.fip.core.path.Sampler}s choose the steps, an {@link
 * org.fip.core.path.Itinerary} says which and how many, a {@link org.fip.core.path.Walk} measures
 * them and commits waypoints from which it can be taken up again.
 */
package org.fip.core.path;
