package org.fip.spark.live.mlflow;

/** A request that a tracking server did not fulfil. */
final class MlflowFailure extends Exception {
  private final boolean passing;
  private final String code;

  /**
   * A failure.
   *
   * @param passing whether the same may succeed later
   * @param code of the server, such as {@code RESOURCE_DOES_NOT_EXIST}
   */
  MlflowFailure(String message, boolean passing, String code) {
    super(message);
    this.passing = passing;
    this.code = code;
  }

  boolean isPassing() {
    return passing;
  }

  boolean is(String other) {
    return code.equals(other);
  }
}
