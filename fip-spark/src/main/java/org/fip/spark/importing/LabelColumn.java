package org.fip.spark.importing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.fip.core.FipException;

/**
 * The labels of all splits of a table: all are numbers of classes, which they stay, or all are
 * names, which become their places in the sorted list of names.
 */
final class LabelColumn {
  /** A network has an output for each class up to the largest label. */
  private static final int LARGEST = 99_999;

  private static final Pattern NUMERIC =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final Pattern INTEGER = Pattern.compile("[0-9]{1,9}");

  private final Map<String, Integer> codes = new HashMap<>();
  private int largest = -1;

  /** Takes a label of CSV, where numbers are not marked as such, and returns its code. */
  int addText(String label, String where) {
    if (!NUMERIC.matcher(label).matches()) {
      return addName(label, where);
    }
    if (!INTEGER.matcher(label).matches()) {
      throw notOfAClass(label, where);
    }
    return addNumber(Integer.parseInt(label), where);
  }

  /** Takes the number of a class and returns its code. */
  int addNumber(long label, String where) {
    if (label < 0 || label > LARGEST) {
      throw notOfAClass(Long.toString(label), where);
    }
    if (!codes.isEmpty()) {
      throw FipException.data(
          "%s: label %d is a number and labels before are names; use one kind", where, label);
    }
    largest = Math.max(largest, (int) label);
    return (int) label;
  }

  /** Takes the name of a class and returns its code. */
  int addName(String label, String where) {
    if (label.isBlank()) {
      throw FipException.data("%s: the label is empty; remove the row or give a label", where);
    }
    if (largest >= 0) {
      throw FipException.data(
          "%s: label '%s' is a name and labels before are numbers; use one kind", where, label);
    }
    Integer code = codes.putIfAbsent(label, codes.size());
    return code == null ? codes.size() - 1 : code;
  }

  /** The names of the classes by label; numbers are named by themselves. */
  List<String> names() {
    if (codes.isEmpty()) {
      return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    }
    List<String> names = new ArrayList<>(codes.keySet());
    Collections.sort(names);
    return names;
  }

  /** The labels that codes stand for, once all are taken. */
  int[] labels(int[] taken) {
    if (codes.isEmpty()) {
      return taken;
    }
    int[] places = new int[codes.size()];
    List<String> names = names();
    for (int place = 0; place < names.size(); place++) {
      places[codes.get(names.get(place))] = place;
    }
    return Arrays.stream(taken).map(code -> places[code]).toArray();
  }

  private static FipException notOfAClass(String label, String where) {
    return FipException.data(
        "%s: label %s is neither a name nor a number of a class, 0 to %d; correct it",
        where, label, LARGEST);
  }
}
