package org.fip.spark.recipe;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Locale;

/** The names of constants in recipes: lower case with hyphens, and {@code ++} for PLUS_PLUS. */
public final class Labels {
  private Labels() {}

  /** The name of a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace("_plus_plus", "++").replace('_', '-');
  }

  /** Lets constants be written by these names. */
  static SimpleModule module() {
    return new SimpleModule().addSerializer(new ByLabel());
  }

  @SuppressWarnings("rawtypes")
  private static final class ByLabel extends JsonSerializer<Enum> {
    @Override
    public Class<Enum> handledType() {
      return Enum.class;
    }

    @Override
    public void serialize(Enum constant, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(of(constant));
    }
  }
}
