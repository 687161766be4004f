package org.fip.spark.explore;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.parquet.schema.Types.GroupBuilder;
import org.apache.parquet.schema.Types.MessageTypeBuilder;
import org.fip.spark.recipe.Measure;

/** The table of an exploration, one row a point, as a Parquet file. */
final class Catalogue {
  private final List<Row> rows;
  private final Map<String, Measure> measures;
  private final Map<String, String> measureColumns;
  private final Map<String, String> parameterColumns;
  private final Map<String, Columns.Kind> kinds = new LinkedHashMap<>();

  Catalogue(List<Row> rows, Map<String, Measure> measures) {
    this.rows = rows;
    this.measures = measures;
    Set<String> keys = new LinkedHashSet<>();
    rows.forEach(row -> row.state().parameters().fieldNames().forEachRemaining(keys::add));
    measureColumns = Columns.of(measures.keySet());
    parameterColumns = Columns.of(keys);
    keys.forEach(
        key ->
            kinds.put(
                key,
                Columns.Kind.of(
                    rows.stream()
                        .map(row -> row.state().parameters().get(key))
                        .filter(Objects::nonNull)
                        .toList())));
  }

  /** The content of the file. */
  byte[] toParquet() {
    MessageType schema = schema();
    SimpleGroupFactory factory = new SimpleGroupFactory(schema);
    Memory file = new Memory();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(file)
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build()) {
      for (Row row : rows) {
        Group group = factory.newGroup();
        fill(group, row);
        writer.write(group);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return file.bytes.toByteArray();
  }

  private MessageType schema() {
    MessageTypeBuilder message = Types.buildMessage();
    message.addField(text(Type.Repetition.REQUIRED, "name"));
    message.addField(parameters());
    message.addField(text(Type.Repetition.REQUIRED, "status"));
    message.optional(PrimitiveTypeName.INT32).named("rank");
    message.required(PrimitiveTypeName.BOOLEAN).named("pareto");
    message.addField(measures());
    message.required(PrimitiveTypeName.INT64).named("steps");
    message.optional(PrimitiveTypeName.DOUBLE).named("seconds");
    message.required(PrimitiveTypeName.INT32).named("attempts");
    message.addField(text(Type.Repetition.OPTIONAL, "error"));
    message.addField(text(Type.Repetition.REQUIRED, "store"));
    Type rung =
        Types.optionalGroup()
            .addField(Types.required(PrimitiveTypeName.INT64).named("steps"))
            .addField(measures())
            .named("element");
    Type list = Types.repeatedGroup().addField(rung).named("list");
    message.addField(
        Types.optionalGroup().as(LogicalTypeAnnotation.listType()).addField(list).named("rungs"));
    return message.named("exploration");
  }

  private static Type text(Type.Repetition repetition, String name) {
    return Types.primitive(PrimitiveTypeName.BINARY, repetition)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private Type parameters() {
    GroupBuilder<?> group = Types.optionalGroup();
    parameterColumns.forEach(
        (key, column) ->
            group.addField(
                switch (kinds.get(key)) {
                  case INTEGER -> Types.optional(PrimitiveTypeName.INT64).named(column);
                  case NUMBER -> Types.optional(PrimitiveTypeName.DOUBLE).named(column);
                  case BOOLEAN -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column);
                  case TEXT -> text(Type.Repetition.OPTIONAL, column);
                }));
    return (Type) group.named("parameters");
  }

  private Type measures() {
    GroupBuilder<?> group = Types.optionalGroup();
    measureColumns
        .values()
        .forEach(column -> group.addField(Types.optional(PrimitiveTypeName.DOUBLE).named(column)));
    return (Type) group.named("measures");
  }

  private void fill(Group group, Row row) {
    PointState state = row.state();
    group.add("name", state.name());
    Group parameters = group.addGroup("parameters");
    parameterColumns.forEach(
        (key, column) -> {
          JsonNode value = state.parameters().get(key);
          if (value != null) {
            switch (kinds.get(key)) {
              case INTEGER -> parameters.add(column, value.longValue());
              case NUMBER -> parameters.add(column, value.doubleValue());
              case BOOLEAN -> parameters.add(column, value.booleanValue());
              case TEXT -> parameters.add(column, Columns.text(value));
            }
          }
        });
    group.add("status", state.status().label());
    if (row.rank() != null) {
      group.add("rank", row.rank().intValue());
    }
    group.add("pareto", row.pareto());
    fill(group.addGroup("measures"), state.last());
    group.add("steps", state.steps());
    if (state.last().containsKey("seconds")) {
      group.add("seconds", state.last().get("seconds").doubleValue());
    }
    group.add("attempts", state.attempts());
    if (state.error() != null) {
      group.add("error", state.error());
    }
    group.add("store", row.store());
    NavigableMap<Long, Map<String, Double>> figures = state.figures();
    Group rungs = group.addGroup("rungs");
    figures.forEach(
        (step, values) -> {
          Group rung = rungs.addGroup("list").addGroup("element");
          rung.add("steps", step.longValue());
          fill(rung.addGroup("measures"), values);
        });
  }

  private void fill(Group group, Map<String, Double> figures) {
    measureColumns.forEach(
        (name, column) -> {
          double value = Ranking.value(figures, measures.get(name));
          if (!Double.isNaN(value)) {
            group.add(column, value);
          }
        });
  }

  /** A file in memory: the table is small, and is put in its place as a whole. */
  private static final class Memory implements OutputFile {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new DelegatingPositionOutputStream(bytes) {
        @Override
        public long getPos() {
          return bytes.size();
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
