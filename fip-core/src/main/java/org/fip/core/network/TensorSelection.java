package org.fip.core.network;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.fip.core.FipException;

/**
 * Which of a network's tensors a path moves: those whose whole name matches one of the patterns,
 * and none of the excluded ones. All others are constants of the network: they have no tangent, no
 * gradient, and no place in w.
 */
public final class TensorSelection {
  /** Every tensor that can be moved. */
  public static final TensorSelection ALL = new TensorSelection(List.of(), List.of());

  private final List<Pattern> include;
  private final List<Pattern> exclude;

  private TensorSelection(List<Pattern> include, List<Pattern> exclude) {
    this.include = include;
    this.exclude = exclude;
  }

  /**
   * A selection by regular expressions.
   *
   * @param include patterns of names; empty for all
   * @param exclude patterns of names that are left out all the same
   * @throws FipException DATA when a pattern is malformed
   */
  public static TensorSelection of(List<String> include, List<String> exclude) {
    return new TensorSelection(compile(include), compile(exclude));
  }

  /** The tensors of these names. */
  static TensorSelection named(List<String> names) {
    return of(names.stream().map(Pattern::quote).toList(), List.of());
  }

  private static List<Pattern> compile(List<String> patterns) {
    return patterns.stream().map(TensorSelection::compile).toList();
  }

  private static Pattern compile(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw FipException.data(
          "'%s' is no pattern of tensor names: %s; write a regular expression such as"
              + " 'classifier.*'",
          pattern, e.getDescription());
    }
  }

  /** Whether the tensor of that name moves. */
  public boolean moves(String name) {
    return (include.isEmpty() || matches(include, name)) && !matches(exclude, name);
  }

  private static boolean matches(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  /** The patterns, for messages. */
  @Override
  public String toString() {
    return (include.isEmpty() ? "all tensors" : include.toString())
        + (exclude.isEmpty() ? "" : " but " + exclude);
  }
}
