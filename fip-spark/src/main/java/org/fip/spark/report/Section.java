package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;

/** A part of a report under one heading: tables, figures, commands and notes, in this order. */
final class Section {
  private final String id;
  private final String title;
  private final List<Table> tables = new ArrayList<>();
  private final List<Figure> figures = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * A command line to copy.
   *
   * @param about what it is for
   */
  record Command(String about, String line) {}

  /** An empty part. */
  Section(String id, String title) {
    this.id = id;
    this.title = title;
  }

  Section table(Table table) {
    if (!table.rows().isEmpty()) {
      tables.add(table);
    }
    return this;
  }

  Section figures(List<Figure> more) {
    figures.addAll(more);
    return this;
  }

  Section command(String about, String line) {
    commands.add(new Command(about, line));
    return this;
  }

  Section note(String note) {
    notes.add(note);
    return this;
  }

  String id() {
    return id;
  }

  String title() {
    return title;
  }

  List<Table> tables() {
    return tables;
  }

  List<Figure> figures() {
    return figures;
  }

  List<Command> commands() {
    return commands;
  }

  List<String> notes() {
    return notes;
  }

  boolean isEmpty() {
    return tables.isEmpty() && figures.isEmpty() && commands.isEmpty();
  }
}
