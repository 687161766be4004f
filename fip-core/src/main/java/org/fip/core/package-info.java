/**
 * Functionally invariant paths on one machine: networks, the metric tensor that examples give to
 * their weight space, and samplers that walk in it.
 *
 * <p>From a network to a path:
 *
 * <pre>{@code
 * Network network = Network.load(new LocalFolder(Path.of("models/digits")));
 * try (Manifold manifold = Manifold.local(network, Map.of("kept", kept, "task", task));
 *     Point start = manifold.at(network.weights())) {
 *   MetricOperator g = new MetricOperator(start, Metric.FISHER, "kept", kept.size(), network);
 *   float[] product = g.product(v);
 *   Spectrum spectrum = SpectrumAnalysis.of(g, network.tensors(), SpectrumSettings.largest(5));
 *   Term learn = Term.task(Batch.of("task", 64));
 *   Term keep = Term.drift(Distance.SQUARED_LOGITS, 0.1, Batch.of("kept", 64));
 *   Waypoint end = Itinerary.anchored(List.of(learn, keep), 0.002, 400, "kept").walk(manifold);
 *   network.withWeights(end.state().weights()).save(new LocalFolder(Path.of("models/adapted")));
 * }
 * }</pre>
 *
 * <p>Packages, from what is used to what uses it: {@link org.fip.core.storage}, {@link
 * org.fip.core.safetensors} and {@link org.fip.core.data} read files; {@link org.fip.core.network}
 * writes a network down; {@link org.fip.core.engine} computes it; {@link org.fip.core.geometry} has
 * the products of its Jacobian at one point; {@link org.fip.core.objective} says what a path
 * descends; {@link org.fip.core.manifold} sums over examples, wherever they are; {@link
 * org.fip.core.path} walks; {@link org.fip.core.spectrum} analyses the metric tensor.
 *
 * <p>Two things are open to classes of one's own:
 *
 * <ul>
 *   <li>an objective, or a distance from outputs: implement {@link
 *       org.fip.core.geometry.ExampleFunction} and put it into a {@link
 *       org.fip.core.objective.Term};
 *   <li>an architecture: implement {@link org.fip.core.network.Architecture} and name the class in
 *       {@code META-INF/services/org.fip.core.network.Architecture}.
 * </ul>
 *
 * <p>Every failure that a caller can do something about is a {@link org.fip.core.FipException}.
 */
package org.fip.core;
