package org.fip.spark.manifold;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.fip.spark.allreduce.Limits;
import org.fip.spark.allreduce.Ports;
import org.fip.spark.allreduce.Secret;
import org.fip.spark.allreduce.VectorServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where this process serves the shares that its workers hold, for each run that has some here. */
final class ShareServers {
  private static final Logger LOG = LoggerFactory.getLogger(ShareServers.class);

  /** What is noted of a run whose shares cannot be served from here. */
  private static final Serving NONE = new Serving(null, null);

  private static final Map<String, Serving> SERVING = new ConcurrentHashMap<>();

  private ShareServers() {}

  private record Serving(VectorServer server, String address) {}

  /** Where the shares of a run are served; null where this machine cannot listen. */
  static String address(String run, Secret secret) {
    return SERVING.computeIfAbsent(run, key -> serve(run, secret)).address();
  }

  private static Serving serve(String run, Secret secret) {
    try {
      VectorServer server =
          VectorServer.listen(
              host(),
              Ports.of(SparkEnv.get().conf()),
              secret,
              (worker, number) -> WorkerHost.share(run, worker, number),
              Limits.DEFAULT);
      return new Serving(server, server.address());
    } catch (IOException e) {
      LOG.warn("shares go through Spark, because nothing can listen here: {}", e.getMessage());
      return NONE;
    }
  }

  /** This machine as Spark's executors and the driver reach it. */
  static InetAddress host() throws UnknownHostException {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    return InetAddress.getByName(host.replaceAll("^\\[|\\]$", ""));
  }

  /** Serves nothing more of a run. */
  static void close(String run) {
    Serving serving = SERVING.remove(run);
    if (serving != null && serving.server() != null) {
      serving.server().close();
    }
  }
}
