package org.fip.spark.live.ui;

import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;

/** The tab "FIP paths". */
final class PathsTab extends SparkUITab {
  private static final String PREFIX = "fip";

  PathsTab(SparkUI ui) {
    super(ui, PREFIX);
    attachPage(new PathsPage(this, ui.store().store()));
  }

  @Override
  public String name() {
    return "FIP paths";
  }
}
