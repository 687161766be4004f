package org.fip.spark.report;

import java.util.ArrayList;
import java.util.List;

/** Lays out what a report shows, from what matters most to what is looked up. */
final class Sections {
  private Sections() {}

  static List<Section> of(ReportData data) {
    List<Section> sections = new ArrayList<>();
    Section problems = new Section("problems", "What is wrong");
    problems.table(
        Table.ofWords("What is wrong", List.of("No.", "Problem"), numbered(data.problems())));
    sections.add(problems);
    Section results =
        new Section("results", "What was kept and what was gained")
            .table(ResultTable.of(data))
            .note("Accuracy at the end, and its change against the start in percentage points.");
    data.notes().forEach(results::note);
    sections.add(results);
    data.front().map(FrontFigure::of).ifPresent(sections::add);
    int number = 0;
    for (ReportTable table : data.tables()) {
      Section section =
          new Section("more-" + ++number, table.title())
              .table(Table.of(table.title(), table.headers(), table.rows()));
      sections.add(table.note().isEmpty() ? section : section.note(table.note()));
    }
    Section asked =
        new Section("asked", "What was asked")
            .table(
                Table.ofWords(
                    "Main points of the recipe",
                    List.of("Point", "Value"),
                    data.asked().entrySet().stream()
                        .map(entry -> List.of(entry.getKey(), entry.getValue()))
                        .toList()));
    data.commands().forEach(asked::command);
    sections.add(asked);
    sections.add(new Section("figures", "Along the path").figures(Figures.of(data.paths())));
    Section plane = new Section("plane", "Where the paths lie");
    data.projection().ifPresent(found -> plane.figures(List.of(ProjectionFigure.of(found))));
    sections.add(plane);
    sections.add(SpectrumFigure.of(data.spectra()));
    sections.add(
        new Section("cost", "What it cost")
            .table(CostTable.of(data.paths()))
            .note("A round is one broadcast of a vector to the executors and one reduction back."));
    sections.add(new Section("sparsity", "Sparsity by tensor").table(sparsity(data.sparsity())));
    return sections.stream().filter(section -> !section.isEmpty()).toList();
  }

  private static List<List<String>> numbered(List<String> texts) {
    List<List<String>> rows = new ArrayList<>();
    texts.forEach(text -> rows.add(List.of(Integer.toString(rows.size() + 1), text)));
    return rows;
  }

  private static Table sparsity(List<TensorSparsity> tensors) {
    List<Table.Row> rows = new ArrayList<>();
    long zeros = 0;
    long weights = 0;
    for (TensorSparsity tensor : tensors) {
      rows.add(sparsityRow(tensor.tensor(), tensor.zeros(), tensor.weights(), false));
      zeros += tensor.zeros();
      weights += tensor.weights();
    }
    if (rows.size() > 1) {
      rows.add(sparsityRow("All", zeros, weights, true));
    }
    return new Table(
        "Zeros of each tensor", List.of("Tensor", "Weights", "Not zero", "Zero"), rows, false);
  }

  private static Table.Row sparsityRow(String name, long zeros, long weights, boolean all) {
    double share = weights == 0 ? 0 : (double) zeros / weights;
    return new Table.Row(
        all,
        List.of(
            Cell.of(name),
            Cell.of(Format.count(weights)),
            Cell.of(Format.count(weights - zeros)),
            Cell.withBar(Format.percent(share), share)));
  }
}
