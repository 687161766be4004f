/**
 * Permutations of hidden units, which change the weights of a network and not its function, and the
 * one that brings a network nearest to another.
 */
package org.fip.core.symmetry;
