package org.fip.spark.bench;

import java.util.List;

/** Options of a benchmark, each a name and its value. */
record Options(List<String> given) {

  /** The value of an option, or another where it is not given. */
  String text(String name, String otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : given.get(at + 1);
  }

  /** The same of a number. */
  int number(String name, int otherwise) {
    return Integer.parseInt(text(name, Integer.toString(otherwise)));
  }

  /** The same of values with commas between them. */
  List<String> several(String name, String otherwise) {
    return List.of(text(name, otherwise).split(",", -1));
  }
}
