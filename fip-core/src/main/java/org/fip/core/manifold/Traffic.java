package org.fip.core.manifold;

/**
 * What a run has communicated.
 *
 * @param rounds tasks given to all workers, each answered by one partial result of every worker
 * @param bytesBroadcast bytes of vectors sent, counted once per worker
 * @param bytesReduced bytes of vectors received, over all workers
 */
public record Traffic(long rounds, long bytesBroadcast, long bytesReduced) {
  /** Nothing yet. */
  public static final Traffic NONE = new Traffic(0, 0, 0);

  /** This and one more vector of that length sent to that many workers. */
  public Traffic plusBroadcast(int length, int workers) {
    return new Traffic(
        rounds, bytesBroadcast + (long) Float.BYTES * length * workers, bytesReduced);
  }

  /** The sum of two. */
  public Traffic plus(Traffic other) {
    return new Traffic(
        rounds + other.rounds,
        bytesBroadcast + other.bytesBroadcast,
        bytesReduced + other.bytesReduced);
  }

  /** What was communicated since. */
  public Traffic minus(Traffic before) {
    return new Traffic(
        rounds - before.rounds,
        bytesBroadcast - before.bytesBroadcast,
        bytesReduced - before.bytesReduced);
  }

  /** This and one more round that brought back that many bytes. */
  public Traffic plusRound(long bytes) {
    return new Traffic(rounds + 1, bytesBroadcast, bytesReduced + bytes);
  }
}
