package org.fip.spark.browser;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium of this machine, driven by its DevTools protocol over loopback. */
public final class Browser implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path profile;
  private final Process process;
  private final String address;

  private Browser(Path profile, Process process, String address) {
    this.profile = profile;
    this.process = process;
    this.address = address;
  }

  /** Starts one; the test that asks is skipped where none is installed. */
  public static Browser start() {
    Optional<Browser> browser = find();
    Assumptions.assumeTrue(
        browser.isPresent(), "no Chromium is on the PATH; apt-get install chromium for this test");
    return browser.get();
  }

  /** Starts one; empty where none is installed. */
  public static Optional<Browser> find() {
    return installed().map(Browser::start);
  }

  private static Browser start(Path program) {
    try {
      Path profile = Files.createTempDirectory("fip-browser");
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--headless=new",
                  // Tests may run as root, where its sandbox does not start.
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-dev-shm-usage",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                  "--remote-debugging-port=0",
                  "--user-data-dir=" + profile,
                  "about:blank")
              .redirectErrorStream(true)
              .redirectOutput(profile.resolve("log").toFile())
              .start();
      return new Browser(profile, process, address(profile, process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> installed() {
    return Stream.of(
            System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator), -1))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Where it listens, which it writes into its profile. */
  private static String address(Path profile, Process process) throws IOException {
    Path file = profile.resolve("DevToolsActivePort");
    try {
      while (!Files.exists(file) || Files.readAllLines(file).isEmpty()) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
          throw new AssertionError(
              "the browser does not start: " + Files.readString(profile.resolve("log")));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return "http://127.0.0.1:" + Files.readAllLines(file).get(0);
  }

  /** A new empty page. */
  public Page page() {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(address + "/json/new?about:blank"))
                  .PUT(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      String socket = JSON.readTree(answer.body()).path("webSocketDebuggerUrl").asText();
      return new Page(http, URI.create(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    FileUtil.fullyDelete(profile.toFile());
  }
}
