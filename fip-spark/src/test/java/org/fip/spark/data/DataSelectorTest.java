package org.fip.spark.data;

import static org.fip.spark.data.DataFiles.assertData;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import org.fip.core.FipException;
import org.junit.jupiter.api.Test;

class DataSelectorTest {

  @Test
  void aRecipeEntryIsReadWithItsDefaults() throws JsonProcessingException {
    assertEquals(new DataSelector("a", "train", null, 0, null, 0), read("{\"path\": \"a\"}"));
    assertEquals(
        new DataSelector("a", "test", List.of(5, 6), 10, 50, 3),
        read(
            "{\"path\": \"a\", \"split\": \"test\", \"labels\": [5, 6], \"labelOffset\": 10,"
                + " \"limit\": 50, \"seed\": 3}"));
  }

  @Test
  void whatIsWrittenReadsBack() throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    DataSelector plain = DataSelector.of("a", "test");
    assertEquals(
        "{\"path\":\"a\",\"split\":\"test\",\"labelOffset\":0,\"seed\":0}",
        mapper.writeValueAsString(plain));
    DataSelector full = plain.withLabels(List.of(2)).withLabelOffset(7).withLimit(3, 4);
    assertEquals(full, read(mapper.writeValueAsString(full)));
    assertEquals(
        "{path: a, split: test, labels: [2], labelOffset: 7, limit: 3, seed: 4}", full.toString());
  }

  @Test
  void aWrongValueIsRefusedByItsKey() {
    assertData(
        "path is missing or empty; name a folder or file of data",
        () -> DataSelector.of(" ", null));
    assertData("split of a is 'valid'; use train or test", () -> DataSelector.of("a", "valid"));
    DataSelector selector = DataSelector.of("a", null);
    assertData(
        "labels of a is empty; name classes, or leave it out",
        () -> selector.withLabels(List.of()));
    assertData(
        "labels of a is [1, -1]; classes are numbers from 0",
        () -> selector.withLabels(List.of(1, -1)));
    assertData(
        "labels of a is [1, null]; classes are numbers from 0",
        () -> selector.withLabels(Arrays.asList(1, null)));
    assertData(
        "labels of a is [1, 2, 1]; name each class once",
        () -> selector.withLabels(List.of(1, 2, 1)));
    assertData("limit of a is 0; use 1 or more, or leave it out", () -> selector.withLimit(0, 0));
    assertData("limit of a is -5; use 1 or more, or leave it out", () -> selector.withLimit(-5, 0));
  }

  @Test
  void aParserFindsTheReasonAsTheCause() {
    JsonMappingException e =
        assertThrows(JsonMappingException.class, () -> read("{\"path\": \"a\", \"limit\": 0}"));
    assertEquals(FipException.class, e.getCause().getClass());
  }

  private static DataSelector read(String json) throws JsonProcessingException {
    return new ObjectMapper().readValue(json, DataSelector.class);
  }
}
