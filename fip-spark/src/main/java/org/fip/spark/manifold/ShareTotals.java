package org.fip.spark.manifold;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.fip.core.manifold.Wire;
import org.fip.spark.allreduce.Limits;
import org.fip.spark.allreduce.Secret;
import org.fip.spark.allreduce.VectorSum;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the shares of a round together, in the order of the workers. Short vectors come with their
 * answers, longer ones over connections that last as long as this does; where those are not wanted
 * or do not come about, Spark fetches what the workers hold.
 */
final class ShareTotals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShareTotals.class);

  /** How often in a row no connection is made before Spark brings the shares from then on. */
  private static final int CONNECTION_FAILURES = 3;

  private final Wire wire;
  private final int block;
  private final int withAnswer;
  private final Fetch fetch;
  private final Secret secret = Secret.random();
  private VectorSum connections;
  private int failures;

  /** Asks the workers for parts of what they hold since a round, by a job of Spark's. */
  @FunctionalInterface
  interface Fetch {
    List<Share> of(long round, FetchTask.Piece[] pieces, Wire wire);
  }

  /**
   * Totals of shares.
   *
   * @param wire how shares travel
   * @param block most floats in one object that Spark sends
   * @param withAnswer most floats in an answer; no connections are made when it is a block
   */
  ShareTotals(Wire wire, int block, int withAnswer, Fetch fetch) {
    this.wire = wire;
    this.block = block;
    this.withAnswer = withAnswer;
    this.fetch = fetch;
    connections = withAnswer < block ? new VectorSum(secret, Limits.DEFAULT) : null;
  }

  /** Most floats that come with the answers of the next round. */
  int most() {
    return connections == null ? block : withAnswer;
  }

  /** What workers know the driver's connections by in the next round; null when there are none. */
  Secret secret() {
    return connections == null ? null : secret;
  }

  /** The sums of the scalars. */
  static double[] scalars(List<Share> shares) {
    double[] sums = shares.get(0).sums().clone();
    for (Share share : shares.subList(1, shares.size())) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += share.sums()[i];
      }
    }
    return sums;
  }

  /** The sum of the vectors; empty when one of them is gone. */
  Optional<float[]> vector(long round, List<Share> shares) {
    if (shares.get(0).hasVector()) {
      float[] total = shares.get(0).vector(wire);
      add(shares, total, 0);
      return Optional.of(total);
    }
    int length = shares.get(0).length();
    return connected(round, shares, length).or(() -> fetched(round, shares, length));
  }

  private Optional<float[]> connected(long round, List<Share> shares, int length) {
    if (connections == null || !shares.stream().allMatch(share -> share.address() != null)) {
      return Optional.empty();
    }
    List<VectorSum.Holder> holders = new ArrayList<>();
    for (Share share : shares) {
      holders.add(new VectorSum.Holder(share.address(), holders.size()));
    }
    try {
      float[] total = connections.sum(holders, round, length, wire);
      if (holders.size() > 1) {
        wire.round(total, 0, length);
      }
      failures = 0;
      return Optional.of(total);
    } catch (IOException e) {
      LOG.warn("round {} goes through Spark: {}", round, e.getMessage());
      if (++failures == CONNECTION_FAILURES) {
        LOG.warn("all further rounds go through Spark");
        close();
      }
      return Optional.empty();
    }
  }

  private Optional<float[]> fetched(long round, List<Share> shares, int length) {
    float[] total = new float[length];
    for (int from = 0; from < length; ) {
      int to = from + Math.min(block, length - from);
      FetchTask.Piece[] pieces = new FetchTask.Piece[shares.size()];
      Arrays.fill(pieces, new FetchTask.Piece(0, from, to));
      List<Share> parts = fetch.of(round, pieces, wire);
      if (!parts.stream().allMatch(Share::hasVector)) {
        return Optional.empty();
      }
      parts.get(0).copyTo(total, from, wire);
      add(parts, total, from);
      from = to;
    }
    return Optional.of(total);
  }

  /** Adds all shares but the first, which is there already. */
  private void add(List<Share> shares, float[] total, int from) {
    shares.subList(1, shares.size()).forEach(share -> share.addTo(total, from, wire));
    if (shares.size() > 1) {
      wire.round(total, from, from + shares.get(0).length());
    }
  }

  @Override
  public void close() {
    if (connections != null) {
      connections.close();
      connections = null;
    }
  }
}
