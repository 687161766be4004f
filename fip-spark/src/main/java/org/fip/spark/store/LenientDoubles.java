package org.fip.spark.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/**
 * Doubles that JSON has no number for: NaN is null, or absent, and the infinities are the strings
 * {@code Infinity} and {@code -Infinity}. All others come back to the last bit.
 */
final class LenientDoubles extends SimpleModule {

  LenientDoubles() {
    super("lenient-doubles");
    addSerializer(double.class, new Writer());
    addSerializer(Double.class, new Writer());
    addDeserializer(double.class, new Reader());
    addDeserializer(Double.class, new Reader());
  }

  private static final class Writer extends StdSerializer<Double> {
    Writer() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.isNaN()) {
        out.writeNull();
      } else if (value.isInfinite()) {
        out.writeString(value.toString());
      } else {
        out.writeNumber(value);
      }
    }
  }

  private static final class Reader extends StdDeserializer<Double> {
    Reader() {
      super(Double.class);
    }

    @Override
    public Double deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.currentToken() == JsonToken.VALUE_STRING) {
        return switch (in.getText()) {
          case "Infinity" -> Double.POSITIVE_INFINITY;
          case "-Infinity" -> Double.NEGATIVE_INFINITY;
          default -> throw context.weirdStringException(in.getText(), Double.class, "not a number");
        };
      }
      return in.getDoubleValue();
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }
}
