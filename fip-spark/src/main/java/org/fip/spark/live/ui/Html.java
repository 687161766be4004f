package org.fip.spark.live.ui;

import java.util.ArrayList;
import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.xml.Elem;
import scala.xml.MetaData;
import scala.xml.Node;
import scala.xml.Null$;
import scala.xml.Text;
import scala.xml.TopScope$;
import scala.xml.UnprefixedAttribute;

/** Elements of a page; text and attributes are escaped when they are written. */
final class Html {
  private Html() {}

  static Node text(String text) {
    return new Text(text);
  }

  static Elem element(String name, String style, List<? extends Node> children) {
    MetaData attributes =
        style.isEmpty() ? Null$.MODULE$ : new UnprefixedAttribute("class", style, Null$.MODULE$);
    return new Elem(null, name, attributes, TopScope$.MODULE$, false, nodes(children));
  }

  static Elem element(String name, List<? extends Node> children) {
    return element(name, "", children);
  }

  static Elem element(String name, String text) {
    return element(name, List.of(text(text)));
  }

  /** A table with a row for each list of cells. */
  static Elem table(List<String> headers, List<List<String>> rows) {
    List<Node> body = new ArrayList<>();
    rows.forEach(row -> body.add(row("td", row)));
    return element(
        "table",
        "table table-bordered table-sm table-striped sortable",
        List.of(element("thead", List.of(row("th", headers))), element("tbody", body)));
  }

  private static Elem row(String cell, List<String> texts) {
    return element("tr", texts.stream().map(text -> element(cell, text)).toList());
  }

  static Seq<Node> nodes(List<? extends Node> nodes) {
    return CollectionConverters.asScala(new ArrayList<Node>(nodes)).toSeq();
  }
}
