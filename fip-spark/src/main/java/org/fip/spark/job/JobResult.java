package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a job ended with, for programs and for people. */
public interface JobResult {

  /** The whole result. */
  ObjectNode toJson();

  /** The result in a few lines, without a line break at the end. */
  String summary();
}
