package org.fip.spark.manifold;

import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;
import org.fip.spark.allreduce.Ports;

/** Decides where the steps of a path are taken. */
final class StageChoice {
  /** Settings that ask for encryption, which sockets of our own do not have. */
  private static final List<String> ENCRYPTION =
      List.of(
          "spark.network.crypto.enabled",
          "spark.authenticate.enableSaslEncryption",
          "spark.ssl.rpc.enabled");

  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";

  /** Seconds of a round in the driver, whatever it brings, on machines that are not idle. */
  private static final double ROUND = 0.03;

  /** Seconds of a round in the driver for each byte of a vector, going out and coming back. */
  private static final double BYTE = 2e-9;

  /** Seconds of a round in the driver for each byte that an executor sends. */
  private static final double SHARE_BYTE = 5e-10;

  /** Seconds of a stage, whatever it does. */
  private static final double STAGE = 1.5;

  /** Vectors of a state, which a stage brings back. */
  private static final int STATE = 3;

  private final Communication asked;
  private final int workers;

  private StageChoice(Communication asked, int workers) {
    this.asked = asked;
    this.workers = workers;
  }

  /**
   * The choice of an application.
   *
   * @throws FipException CONFIGURATION when the executors are asked to sum up among themselves and
   *     the application does not let them, or when the port to listen on is none
   */
  static StageChoice of(SparkConf conf, Communication asked, int workers) {
    Ports.of(conf);
    String obstacle = obstacle(conf);
    if (asked == Communication.EXECUTORS && obstacle != null) {
      throw new FipException(
          Category.CONFIGURATION, "path.communication.mode is executors, and " + obstacle);
    }
    return new StageChoice(obstacle == null ? asked : Communication.DRIVER, workers);
  }

  private static String obstacle(SparkConf conf) {
    Optional<String> encryption = encryption(conf);
    if (encryption.isPresent()) {
      return encryption.get()
          + " asks for encryption, which executors do not have among themselves; set the mode"
          + " to driver or auto";
    }
    return conf.getBoolean(DYNAMIC, false)
        ? DYNAMIC
            + " is true, with which Spark runs no stage on all executors at once; set the mode to"
            + " driver or auto"
        : null;
  }

  /** The setting that asks for what connections of our own do not have, if there is one. */
  static Optional<String> encryption(SparkConf conf) {
    return ENCRYPTION.stream().filter(setting -> conf.getBoolean(setting, false)).findFirst();
  }

  /** Whether a stage walks legs of so many rounds with so many weights. */
  boolean isStage(long roundsOfALeg, int weights) {
    return switch (asked) {
      case DRIVER -> false;
      case EXECUTORS -> true;
      case AUTO -> workers > 1 && isWorthIt(roundsOfALeg, weights);
    };
  }

  /** Whether the rounds of a leg cost more in the driver than the stage costs by itself. */
  private boolean isWorthIt(long roundsOfALeg, int weights) {
    double bytes = 4.0 * weights;
    double round = ROUND + bytes * (BYTE + SHARE_BYTE * workers);
    return roundsOfALeg * round > STAGE + STATE * BYTE * bytes;
  }
}
