package org.fip.core.network;

/**
 * A convolution whose output a batch normalisation scales and offsets, by tensors that move.
 *
 * @param output the normalised output
 * @param line how many lines of the program make it
 * @param scale name of the scales, [channels]
 * @param offset name of the offsets, [channels]
 */
public record NormalizedLayer(Value output, int line, String scale, String offset) {}
