package org.fip.spark.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.core.safetensors.SafetensorsReader;
import org.fip.spark.files.Roots;
import org.fip.spark.job.JobContext;
import org.fip.spark.live.JobDescriptions;
import org.fip.spark.live.LivePaths;
import org.fip.spark.live.PathMetrics;
import org.fip.spark.live.StatusWriter;
import org.fip.spark.live.mlflow.MlflowSettings;
import org.fip.spark.live.mlflow.MlflowTracking;
import org.fip.spark.live.tensorboard.TensorBoardFiles;
import org.fip.spark.live.ui.PathEvents;
import org.fip.spark.manifold.SparkSetup;
import org.fip.spark.manifold.WorkersSettings;
import org.fip.spark.recipe.PathSettings;
import org.fip.spark.recipe.RecipePaths;
import org.fip.spark.store.HadoopFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/** What a command runs with: settings, file systems and, once somebody asks for it, Spark. */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final String MASTER = "spark.master";
  private static final String NAME = "spark.app.name";

  private final Backend backend;
  private final Console console;
  private final SparkConf configuration;
  private Configuration hadoop;
  private final LivePaths live = new LivePaths();
  private SparkContext spark;

  Session(String command, Backend backend, Console console) {
    this.backend = backend;
    this.console = console;
    this.configuration = new SparkConf().setIfMissing(MASTER, "local[*]");
    // A name that nobody has chosen is that of the class, equal for all commands.
    if (configuration.get(NAME, Main.class.getName()).equals(Main.class.getName())) {
      configuration.setAppName("fip " + command);
    }
  }

  /** The settings of Spark, which it need not have been started for. */
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    for (Tuple2<String, String> setting : configuration.getAll()) {
      settings.put(setting._1(), setting._2());
    }
    return settings;
  }

  /** The same, as Spark knows them. */
  SparkConf configuration() {
    return configuration;
  }

  /** How file systems are reached. */
  Configuration hadoop() {
    if (hadoop == null) {
      try {
        hadoop = SparkHadoopUtil.get().newConfiguration(configuration);
      } catch (IllegalArgumentException e) {
        throw new FipException(
            Category.CONFIGURATION,
            "Hadoop's settings cannot be used: %s; check core-site.xml and krb5.conf"
                .formatted(e.getMessage()),
            e);
      }
      if (configuration.contains(Roots.SETTING)) {
        hadoop.set(Roots.SETTING, configuration.get(Roots.SETTING));
      }
    }
    return hadoop;
  }

  /** How the workers of a command without a recipe are set up. */
  WorkersSettings workers(long seed) {
    long memory = PathSettings.memoryBytes(settings(), WorkersSettings.MEMORY);
    return new WorkersSettings(seed, null, memory);
  }

  /** The path that an option gives, absolute and with its file system. */
  Path path(String option, String text) {
    return RecipePaths.resolve(option, text, hadoop());
  }

  /**
   * The safetensors file that an option names; the caller closes it.
   *
   * @throws FipException NOT_FOUND when it is missing, DATA when it is damaged
   */
  SafetensorsReader tensors(String option, String text) {
    Path file = path(option, text);
    try {
      return SafetensorsReader.open(
          HadoopFolder.of(hadoop(), file.getParent()).openRandom(file.getName()), file.toString());
    } catch (FileNotFoundException e) {
      throw FipException.notFound("%s: %s does not exist; check the path", option, file);
    } catch (IOException e) {
      throw FipException.storage(
          e, "%s: %s cannot be read: %s; check the storage", option, file, e.getMessage());
    }
  }

  /** What a job needs, with its progress shown to people; asked for once. */
  JobContext context(boolean json) {
    live.add(console.terminal() && !json ? new TerminalProgress(console.err()) : new LogProgress());
    live.add(new StatusWriter(hadoop()));
    live.add(new TensorBoardFiles(hadoop()));
    MlflowSettings.of(System.getenv())
        .ifPresent(server -> live.add(new MlflowTracking(server, hadoop())));
    return new JobContext(hadoop(), backend.workers(this), live);
  }

  Backend backend() {
    return backend;
  }

  /** The master that Spark is or would be started on. */
  String master() {
    return configuration.get(MASTER);
  }

  /**
   * Spark, started by the first call.
   *
   * @throws FipException TEMPORARY when its master cannot be reached, CONFIGURATION when it cannot
   *     start for another reason
   */
  SparkContext spark() {
    if (spark == null) {
      try {
        spark = SparkContext.getOrCreate(SparkSetup.complete(configuration));
        live.add(new JobDescriptions(spark));
        live.add(new PathEvents(spark));
        live.add(PathMetrics.registered());
      } catch (Exception e) {
        // Scala throws checked exceptions that no signature names; a master it cannot parse is one.
        throw notStarted(e);
      }
    }
    return spark;
  }

  /** Starts Spark for its web interface or its event log, when the user asks for one of them. */
  void startPages() {
    if (configuration.getBoolean("spark.ui.enabled", false)
        || configuration.getBoolean("spark.eventLog.enabled", false)) {
      spark();
    }
  }

  private FipException notStarted(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    Category category = root instanceof IOException ? Category.TEMPORARY : Category.CONFIGURATION;
    return new FipException(
        category,
        String.format(
            "Spark does not start on master %s: %s; check --master and --conf",
            master(), root.getMessage()),
        e);
  }

  @Override
  public void close() {
    live.close();
    if (spark != null) {
      try {
        spark.stop();
      } catch (RuntimeException e) {
        // The result is there already, or the failure that explains why it is not.
        LOG.warn("Spark did not stop in order: {}", e.toString());
      }
    }
  }
}
