package org.fip.spark.allreduce;

import org.apache.spark.SparkConf;
import org.fip.core.FipException;
import org.fip.core.FipException.Category;

/**
 * The ports that a member may listen on, tried in their order.
 *
 * @param first 0 for any free one
 * @param last not below {@code first}
 */
public record Ports(int first, int last) {
  /**
   * Where executors listen for one another and for the driver: a port, and with those after it as
   * many as needed.
   */
  public static final String SETTING = "spark.fip.communication.port";

  private static final String RETRIES = "spark.port.maxRetries";
  private static final int SPARKS_RETRIES = 16;
  private static final int LEAST = 1024;
  private static final int MOST = 65535;

  /** Any free port. */
  public static final Ports ANY = new Ports(0, 0);

  /**
   * The port of {@value #SETTING} and the {@value #RETRIES} after it, as Spark has it for its own
   * ports; any free one when it is not set.
   *
   * @throws FipException CONFIGURATION when it is no port
   */
  public static Ports of(SparkConf conf) {
    String setting = conf.get(SETTING, "0");
    int first = number(setting);
    if (first == 0) {
      return ANY;
    }
    if (first < LEAST || first > MOST) {
      throw failure(setting);
    }
    int retries = Math.max(0, conf.getInt(RETRIES, SPARKS_RETRIES));
    return new Ports(first, Math.min(MOST, first + retries));
  }

  private static int number(String setting) {
    try {
      return Integer.parseInt(setting);
    } catch (NumberFormatException e) {
      throw failure(setting);
    }
  }

  private static FipException failure(String setting) {
    return new FipException(
        Category.CONFIGURATION,
        String.format(
            "%s is '%s'; write a port from %d to %d, or 0 for any free one",
            SETTING, setting, LEAST, MOST));
  }

  @Override
  public String toString() {
    return first == 0
        ? "any port"
        : first == last ? "port " + first : "ports " + first + " to " + last;
  }
}
