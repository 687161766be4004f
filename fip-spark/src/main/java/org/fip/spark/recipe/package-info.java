/**
 * Recipes: what a run does, as a YAML file with overrides.
 *
 * <p>A recipe is four trees laid over one another, the later winning: the defaults of the command
 * ({@code common.yaml} and {@code COMMAND.yaml} beside these classes), the recipe file, {@code
 * --conf spark.fip.*} and {@code --set}. Every value remembers which of them it came from, so that
 * an error names the file and line, or the option, that has to be changed.
 */
package org.fip.spark.recipe;
