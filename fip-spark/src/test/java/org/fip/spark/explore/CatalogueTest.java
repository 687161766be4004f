package org.fip.spark.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.fip.core.FipException.Category;
import org.fip.spark.explore.PointState.Status;
import org.fip.spark.recipe.Measure;
import org.fip.spark.recipe.Measure.Better;
import org.fip.spark.store.DocumentFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of an exploration as Spark SQL reads it. */
class CatalogueTest {
  private static final Map<String, Measure> MEASURES = new LinkedHashMap<>();

  static {
    MEASURES.put("kept digits", new Measure("evaluate.old", Better.HIGHER));
    MEASURES.put("drift", new Measure("drift", Better.LOWER));
  }

  @TempDir private Path temporary;

  private static PointState point(String name, String parameters) throws IOException {
    return PointState.open(name, (ObjectNode) new ObjectMapper().readTree(parameters));
  }

  private static List<Row> rows() throws IOException {
    PointState finished =
        point("a", "{\"seed\": 3, \"path.anchorWeight\": 1, \"network\": \"models/a\"}")
            .withAttempts(2)
            .measured(50, Map.of("evaluate.old", 0.5, "drift", 0.25), Status.OPEN)
            .measured(
                100, Map.of("evaluate.old", 0.75, "drift", 0.5, "seconds", 9.0), Status.FINISHED);
    PointState failed =
        point("b", "{\"seed\": 4, \"path.anchorWeight\": 0.5, \"tasks\": [{\"name\": \"t\"}]}")
            .failed(Category.STORAGE, "the disk is full");
    return List.of(
        new Row(finished, "hdfs://h/paths/a", 1, true), new Row(failed, "hdfs://h/b", null, false));
  }

  @Test
  void sparkSqlReadsEveryColumn() throws IOException {
    DocumentFolder folder =
        new DocumentFolder(
            new Configuration(), new org.apache.hadoop.fs.Path(temporary.toUri().toString()));
    folder.writeFile("catalogue.parquet", new byte[] {1});
    folder.writeFile("catalogue.parquet", new Catalogue(rows(), MEASURES).toParquet());
    try (SparkSession session =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      Dataset<org.apache.spark.sql.Row> table =
          session.read().parquet(temporary.resolve("catalogue.parquet").toString());
      table.createOrReplaceTempView("explored");
      List<org.apache.spark.sql.Row> rows =
          session
              .sql(
                  "SELECT name, parameters.seed, parameters.path_anchorWeight,"
                      + " parameters.network, parameters.tasks, status, rank, pareto,"
                      + " measures.kept_digits, measures.drift, steps, seconds, attempts, error,"
                      + " store, get(rungs, 0).steps, get(rungs, 0).measures.drift, size(rungs)"
                      + " FROM explored ORDER BY name")
              .collectAsList();
      assertEquals(
          "[a,3,1.0,models/a,null,finished,1,true,0.75,0.5,100,9.0,2,null,hdfs://h/paths/a,50,0.25,"
              + "2]",
          rows.get(0).toString());
      assertEquals(
          "[b,4,0.5,null,[{\"name\":\"t\"}],failed,null,false,null,null,0,null,0,the disk is full,"
              + "hdfs://h/b,null,null,0]",
          rows.get(1).toString());
    }
  }

  @Test
  void stateSurvivesJson() throws IOException {
    for (Row row : rows()) {
      assertEquals(row.state(), PointState.parse(row.state().toJson().toString()));
    }
  }
}
