package org.fip.spark.data;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.DummyRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.fip.core.FipException;

/**
 * One Parquet file, read column by column: only the column that is asked for is fetched and
 * unpacked, and row groups without a wanted row are passed over. Checksums of pages are verified
 * where the file has them.
 */
final class ParquetTable {

  private static final String LABEL = "label";
  private static final String TEXT = "text";
  private static final String IMAGE = "image";
  private static final String BYTES = "bytes";

  /** What is done to the values of a column; rows are counted from 0 in the file. */
  private interface Visitor {
    /** Whether the value of that row is wanted, asked in ascending order. */
    boolean wants(int row);

    /** Takes the current value of the reader; never called for a null. */
    void take(int row, ColumnReader reader);
  }

  private final Path file;
  private final Configuration configuration;
  private final long rows;
  private final MessageType label;
  private final MessageType payload;

  private ParquetTable(
      Path file, Configuration configuration, long rows, MessageType label, MessageType payload) {
    this.file = file;
    this.configuration = configuration;
    this.rows = rows;
    this.label = label;
    this.payload = payload;
  }

  /** Reads the footer and finds the columns. */
  static ParquetTable open(Path file, Configuration configuration) throws IOException {
    ParquetInput input = new ParquetInput(file, configuration);
    try (ParquetFileReader reader = reader(input, configuration)) {
      MessageType schema = reader.getFileMetaData().getSchema();
      long rows = reader.getRecordCount();
      return new ParquetTable(
          file, configuration, rows, labelColumn(schema, file), payloadColumn(schema, file));
    } catch (FipException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      input.checkStorage();
      throw damaged(file, e);
    }
  }

  String location() {
    return file.toString();
  }

  long rows() {
    return rows;
  }

  boolean hasLabels() {
    return label != null;
  }

  boolean isText() {
    return payload.containsField(TEXT);
  }

  /** What the file holds, in words. */
  String form() {
    return (isText() ? "text" : "images") + (hasLabels() ? " with labels" : " without labels");
  }

  /** Writes the labels of all rows to {@code target} from {@code offset}. */
  void readLabels(int[] target, int offset) throws IOException {
    boolean wide =
        label.getColumns().get(0).getPrimitiveType().getPrimitiveTypeName()
            == PrimitiveTypeName.INT64;
    visit(
        label,
        new Visitor() {
          @Override
          public boolean wants(int row) {
            return true;
          }

          @Override
          public void take(int row, ColumnReader reader) {
            long value = wide ? reader.getLong() : reader.getInteger();
            if (value < 0 || value > Integer.MAX_VALUE) {
              throw FipException.data(
                  "row %d of %s: label %d; labels are numbers from 0 to %d",
                  row, file, value, Integer.MAX_VALUE);
            }
            target[offset + row] = (int) value;
          }
        });
  }

  /** Writes the images or texts of ascending rows to {@code target} from {@code offset}. */
  void readPayloads(int[] wanted, byte[][] target, int offset) throws IOException {
    if (wanted.length == 0) {
      return;
    }
    visit(
        payload,
        new Visitor() {
          @Override
          public boolean wants(int row) {
            return Arrays.binarySearch(wanted, row) >= 0;
          }

          @Override
          public void take(int row, ColumnReader reader) {
            target[offset + Arrays.binarySearch(wanted, row)] = reader.getBinary().getBytes();
          }
        });
  }

  /** Walks over the one column of a projection. */
  private void visit(MessageType projection, Visitor visitor) throws IOException {
    ParquetInput input = new ParquetInput(file, configuration);
    try (ParquetFileReader reader = reader(input, configuration)) {
      reader.setRequestedSchema(projection);
      FileMetaData metadata = reader.getFileMetaData();
      int first = 0;
      for (BlockMetaData group : reader.getRowGroups()) {
        int count = (int) group.getRowCount();
        if (anyWanted(visitor, first, count)) {
          PageReadStore pages = reader.readNextRowGroup();
          visitGroup(pages, projection, metadata.getCreatedBy(), first, visitor);
        } else {
          reader.skipNextRowGroup();
        }
        first += count;
      }
    } catch (FipException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      input.checkStorage();
      throw damaged(file, e);
    }
  }

  private void visitGroup(
      PageReadStore pages, MessageType projection, String createdBy, int first, Visitor visitor) {
    ColumnDescriptor column = projection.getColumns().get(0);
    ColumnReader values =
        new ColumnReadStoreImpl(
                pages,
                new DummyRecordConverter(projection).getRootConverter(),
                projection,
                createdBy)
            .getColumnReader(column);
    int present = column.getMaxDefinitionLevel();
    for (int row = first; row < first + pages.getRowCount(); row++) {
      boolean isNull = values.getCurrentDefinitionLevel() < present;
      if (visitor.wants(row)) {
        if (isNull) {
          throw FipException.data(
              "row %d of %s: %s is null; remove the row or give a value",
              row, file, String.join(".", column.getPath()));
        }
        visitor.take(row, values);
      } else if (!isNull) {
        values.skip();
      }
      values.consume();
    }
  }

  private static boolean anyWanted(Visitor visitor, int first, int count) {
    for (int row = first; row < first + count; row++) {
      if (visitor.wants(row)) {
        return true;
      }
    }
    return false;
  }

  private static MessageType labelColumn(MessageType schema, Path file) {
    if (!schema.containsField(LABEL)) {
      return null;
    }
    Type type = schema.getType(LABEL);
    if (!isPrimitive(type, PrimitiveTypeName.INT32)
        && !isPrimitive(type, PrimitiveTypeName.INT64)) {
      throw wrongType(file, type, "int32 or int64");
    }
    return new MessageType(schema.getName(), type);
  }

  private static MessageType payloadColumn(MessageType schema, Path file) {
    if (schema.containsField(IMAGE)) {
      Type image = schema.getType(IMAGE);
      if (image.isPrimitive()
          || image.isRepetition(Type.Repetition.REPEATED)
          || !image.asGroupType().containsField(BYTES)
          || !isPrimitive(image.asGroupType().getType(BYTES), PrimitiveTypeName.BINARY)) {
        throw wrongType(file, image, "struct<bytes: binary, path: string>");
      }
      Type bytes = image.asGroupType().getType(BYTES);
      return new MessageType(schema.getName(), new GroupType(image.getRepetition(), IMAGE, bytes));
    }
    if (!schema.containsField(TEXT)) {
      throw FipException.data(
          "%s has neither a column image nor a column text; its columns are %s",
          file, schema.getFields().stream().map(Type::getName).toList());
    }
    Type text = schema.getType(TEXT);
    if (!isPrimitive(text, PrimitiveTypeName.BINARY)) {
      throw wrongType(file, text, "string");
    }
    return new MessageType(schema.getName(), text);
  }

  private static boolean isPrimitive(Type type, PrimitiveTypeName name) {
    return type.isPrimitive()
        && !type.isRepetition(Type.Repetition.REPEATED)
        && ((PrimitiveType) type).getPrimitiveTypeName() == name;
  }

  private static FipException wrongType(Path file, Type type, String expected) {
    return FipException.data(
        "%s: column %s is %s; it must be %s",
        file, type.getName(), type.toString().replaceAll("\\s+", " "), expected);
  }

  private static ParquetFileReader reader(ParquetInput input, Configuration configuration)
      throws IOException {
    ParquetReadOptions options =
        HadoopReadOptions.builder(configuration).usePageChecksumVerification().build();
    return ParquetFileReader.open(input, options);
  }

  private static FipException damaged(Path file, Exception cause) {
    return new FipException(
        FipException.Category.DATA,
        file + " does not read as Parquet (" + DataSets.firstLine(cause) + "); fetch it again",
        cause);
  }
}
