package org.fip.spark.recipe;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of nights: at most 64 letters, digits and {@code _ -}. Runs of digits count as numbers,
 * everything else by its characters, so that {@code 2026-11-24} comes before {@code 2026-12-01} and
 * {@code night-9} before {@code night-10}.
 */
public final class Nights {
  /** The order in which nights come. */
  public static final Comparator<String> ORDER = Nights::compare;

  static final String RULE = "a name of at most 64 letters, digits and _ -, for example 2026-11-24";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final Pattern PART = Pattern.compile("\\d+|\\D+");

  private Nights() {}

  /** Whether a text is the name of a night. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  private static int compare(String a, String b) {
    Matcher left = PART.matcher(a);
    Matcher right = PART.matcher(b);
    while (true) {
      boolean more = left.find();
      if (!right.find()) {
        return more ? 1 : a.compareTo(b);
      }
      if (!more) {
        return -1;
      }
      int order = comparePart(left.group(), right.group());
      if (order != 0) {
        return order;
      }
    }
  }

  private static int comparePart(String a, String b) {
    boolean numbers = Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
    return numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
  }
}
