package org.fip.spark.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/** Numbers as the report shows them, the same in every locale. */
final class Format {
  private static final String ABSENT = "–";
  private static final List<String> UNITS = List.of("kB", "MB", "GB", "TB");

  private Format() {}

  /** A fraction as a percentage with two decimals. */
  static String percent(double fraction) {
    return Double.isFinite(fraction)
        ? String.format(Locale.ROOT, "%.2f\u00a0%%", 100 * fraction)
        : ABSENT;
  }

  /** The difference of two fractions in percentage points, with its sign. */
  static String points(double fraction, double start) {
    return String.format(Locale.ROOT, "%+.2f", 100 * (fraction - start)).replace('-', '−');
  }

  /** Four significant digits. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return ABSENT;
    }
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.abs(value);
    if (magnitude < 1e-3 || magnitude >= 1e6) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(magnitude)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** A fraction on an axis. */
  static String wholePercent(double fraction) {
    return tick(Math.rint(fraction * 1e6) / 1e4) + "\u00a0%";
  }

  /** A number on an axis: as few digits as it needs, four at most. */
  static String tick(double value) {
    if (!Double.isFinite(value)) {
      return ABSENT;
    }
    double magnitude = Math.abs(value);
    if (magnitude != 0 && (magnitude < 1e-3 || magnitude >= 1e6)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(magnitude < 1e4 ? 4 : 7));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** A value with its standard error, as far as there is one. */
  static String uncertain(double value, double error) {
    return Double.isFinite(error) && error > 0
        ? number(value) + "\u00a0±\u00a0" + number(error)
        : number(value);
  }

  /** A whole number with thousands separated. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A number of bytes in a unit that suits it. */
  static String bytes(long bytes) {
    double value = bytes;
    String unit = "B";
    for (String next : UNITS) {
      if (value < 1000) {
        break;
      }
      value /= 1000;
      unit = next;
    }
    String digits = unit.equals("B") || value >= 100 ? "%.0f" : "%.1f";
    return String.format(Locale.ROOT, digits + "\u00a0%s", value, unit);
  }

  /** A label short enough for a legend, without characters that fonts cannot show. */
  static String label(String text) {
    String clean = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return clean.length() <= 32 ? clean : clean.substring(0, 31) + "…";
  }
}
