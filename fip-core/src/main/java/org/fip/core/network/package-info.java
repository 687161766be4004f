/**
 * Networks: a Hugging Face folder becomes weights in one flat vector and a {@link
 * org.fip.core.network.Graph}, the program of the outputs and of their tangent.
 *
 * <p>To add a kind of network, implement {@link org.fip.core.network.Architecture}: it describes
 * the computation to a {@link org.fip.core.network.GraphBuilder} from the values of {@code
 * config.json}, and with that has products, paths, sparsity, head growth and files. What the
 * builder has no operation for cannot be described.
 */
package org.fip.core.network;
