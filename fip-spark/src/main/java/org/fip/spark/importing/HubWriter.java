package org.fip.spark.importing;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * Writes Parquet in the Hub's shape. Buffers are looked at every few rows, since a row may be an
 * image of megabytes, and Parquet's own default of a hundred rows would be held at the least.
 */
final class HubWriter implements Closeable {
  private static final MessageType IMAGES =
      MessageTypeParser.parseMessageType(
          "message rows { optional group image { optional binary bytes; optional binary path"
              + " (STRING); } optional int32 label; }");
  private static final MessageType TEXTS =
      MessageTypeParser.parseMessageType(
          "message rows { optional binary text (STRING); optional int32 label; }");
  private static final long GROUP_BYTES = 1L << 24;
  private static final int ROWS_BETWEEN_CHECKS = 64;

  private final ParquetWriter<Labelled> writer;

  /** A row with its label. */
  private record Labelled(ImportedRow row, int label) {}

  HubWriter(OutputFile file, boolean text, Map<String, String> metadata) throws IOException {
    writer =
        new Builder(file, text ? TEXTS : IMAGES, metadata)
            .withConf(new Configuration(false))
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withDictionaryEncoding(false)
            .withDictionaryEncoding("label", true)
            .withRowGroupSize(GROUP_BYTES)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(ROWS_BETWEEN_CHECKS)
            .build();
  }

  void write(ImportedRow row, int label) throws IOException {
    writer.write(new Labelled(row, label));
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<Labelled, Builder> {
    private final MessageType schema;
    private final Map<String, String> metadata;

    Builder(OutputFile file, MessageType schema, Map<String, String> metadata) {
      super(file);
      this.schema = schema;
      this.metadata = metadata;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // It is the one that is abstract.
    protected WriteSupport<Labelled> getWriteSupport(Configuration configuration) {
      return new Support(schema, metadata);
    }
  }

  private static final class Support extends WriteSupport<Labelled> {
    private final MessageType schema;
    private final Map<String, String> metadata;
    private RecordConsumer consumer;

    Support(MessageType schema, Map<String, String> metadata) {
      this.schema = schema;
      this.metadata = metadata;
    }

    @Override
    @SuppressWarnings("deprecation") // It is the one that is abstract.
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Labelled labelled) {
      Binary payload = Binary.fromConstantByteArray(labelled.row().payload());
      consumer.startMessage();
      if (schema.containsField("text")) {
        binary("text", 0, payload);
      } else {
        consumer.startField("image", 0);
        consumer.startGroup();
        binary("bytes", 0, payload);
        binary("path", 1, Binary.fromString(labelled.row().path()));
        consumer.endGroup();
        consumer.endField("image", 0);
      }
      consumer.startField("label", 1);
      consumer.addInteger(labelled.label());
      consumer.endField("label", 1);
      consumer.endMessage();
    }

    private void binary(String name, int index, Binary value) {
      consumer.startField(name, index);
      consumer.addBinary(value);
      consumer.endField(name, index);
    }
  }
}
