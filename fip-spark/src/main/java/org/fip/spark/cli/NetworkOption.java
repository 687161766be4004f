package org.fip.spark.cli;

import org.fip.core.network.Network;
import org.fip.spark.job.Networks;
import picocli.CommandLine.Option;

/** The option that names a network's folder. */
final class NetworkOption {
  @Option(
      names = "--network",
      paramLabel = "DIR",
      required = true,
      description =
          "Hugging Face folder of the network, on any Hadoop file system; of a store of nights, the"
              + " published network.")
  private String network;

  /** The folder as it was given. */
  String given() {
    return network;
  }

  /** Reads the network. */
  Network load(Session session) {
    return Networks.load(session.path("--network", network), session.hadoop());
  }
}
