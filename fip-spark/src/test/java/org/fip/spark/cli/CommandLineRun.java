package org.fip.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.Device;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.fip.core.manifold.LocalWorkers;
import org.fip.core.manifold.WorkerSpec;
import org.fip.spark.job.JobContext;
import org.fip.spark.job.JobResult;
import org.fip.spark.manifold.WorkersFactory;
import org.fip.spark.recipe.Chain;
import org.fip.spark.recipe.Command;
import org.fip.spark.recipe.Exploration;
import org.fip.spark.recipe.NetworkKind;
import org.fip.spark.recipe.Recipe;

/**
 * What one run of the program printed and ended with. Workers are in this process, jobs only report
 * the recipe they were given.
 */
record CommandLineRun(int exitCode, String out, String err) {
  private static final long MEMORY = 1L << 26;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  static CommandLineRun of(String... arguments) {
    return of(() -> {}, arguments);
  }

  static CommandLineRun of(String[] arguments, String... more) {
    return of(Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new));
  }

  /** A run whose job does something first. */
  static CommandLineRun of(Runnable job, String... arguments) {
    return with(new LocalBackend(job), arguments);
  }

  /** A run whose job does its work, and leaves no report. */
  static CommandLineRun ofJob(String... arguments) {
    return with(new JobBackend(false), arguments);
  }

  /** A run whose job does its work and leaves its report. */
  static CommandLineRun ofReportedJob(String... arguments) {
    return with(new JobBackend(true), arguments);
  }

  private static CommandLineRun with(Backend backend, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(stream(out), stream(err), false);
    int exitCode = Main.run(arguments, console, backend, false);
    return new CommandLineRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, false, StandardCharsets.UTF_8);
  }

  /** The one JSON document on standard output. */
  JsonNode json() {
    try {
      return JSON.readTree(out);
    } catch (IOException e) {
      throw new AssertionError("not one JSON document: " + out, e);
    }
  }

  void assertOk() {
    assertEquals(0, exitCode, err);
    assertEquals("", err);
  }

  /** Asserts that nothing but this line was printed. */
  void assertFails(int expectedCode, String line) {
    assertEquals("error: " + line + System.lineSeparator(), err);
    assertEquals(expectedCode, exitCode);
    assertEquals("", out);
  }

  private static WorkersFactory localWorkers() {
    return (network, settings, data) ->
        new LocalWorkers(
            new WorkerSpec(
                network,
                settings.shards() == null ? 2 : settings.shards(),
                settings.seed(),
                MEMORY),
            data,
            Device.cpu());
  }

  private record JobBackend(boolean reports) implements Backend {
    private static final StandardBackend STANDARD = new StandardBackend();

    @Override
    public WorkersFactory workers(Session session) {
      return localWorkers();
    }

    @Override
    public NetworkKind.Lookup kinds(Session session) {
      return STANDARD.kinds(session);
    }

    @Override
    public JobResult run(Command command, Recipe recipe, JobContext context) {
      return STANDARD.run(command, recipe, context);
    }

    @Override
    public JobResult chain(Chain chain, JobContext context) {
      return STANDARD.chain(chain, context);
    }

    @Override
    public JobResult report(JobResult result, String output, JobContext context) {
      return reports ? STANDARD.report(result, output, context) : result;
    }

    @Override
    public JobResult explore(Exploration exploration, Session session, JobContext context) {
      return STANDARD.explore(exploration, session, context);
    }

    @Override
    public JobResult demo(String output, List<String> sets, Session session, JobContext context) {
      return STANDARD.demo(output, sets, session, context);
    }
  }

  private record LocalBackend(Runnable job) implements Backend {
    @Override
    public WorkersFactory workers(Session session) {
      return localWorkers();
    }

    @Override
    public NetworkKind.Lookup kinds(Session session) {
      return NetworkKind.Lookup.PLAIN;
    }

    @Override
    public JobResult run(Command command, Recipe recipe, JobContext context) {
      return result(() -> json(recipe.toJson()).put("command", command.label()));
    }

    @Override
    public JobResult chain(Chain chain, JobContext context) {
      return result(
          () -> JsonNodeFactory.instance.objectNode().put("operations", chain.operations().size()));
    }

    @Override
    public JobResult report(JobResult result, String output, JobContext context) {
      return result;
    }

    @Override
    public JobResult explore(Exploration exploration, Session session, JobContext context) {
      return result(
          () -> JsonNodeFactory.instance.objectNode().put("points", exploration.points().size()));
    }

    @Override
    public JobResult demo(String output, List<String> sets, Session session, JobContext context) {
      return result(() -> JsonNodeFactory.instance.objectNode().put("output", output));
    }

    private JobResult result(Supplier<ObjectNode> json) {
      job.run();
      return new JobResult() {
        @Override
        public ObjectNode toJson() {
          return json.get();
        }

        @Override
        public String summary() {
          return "summary";
        }
      };
    }

    private static ObjectNode json(String text) {
      try {
        JsonNode read = JSON.readTree(text);
        assertFalse(read.isMissingNode());
        return (ObjectNode) read;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
