package org.fip.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What came of a night.
 *
 * @param json the result
 * @param summary the same in a few lines
 */
public record NightResult(ObjectNode json, String summary) implements JobResult {

  @Override
  public ObjectNode toJson() {
    return json.deepCopy();
  }
}
