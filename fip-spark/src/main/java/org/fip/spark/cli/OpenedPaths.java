package org.fip.spark.cli;

import java.util.List;
import org.apache.hadoop.fs.Path;
import org.fip.core.FipException;
import org.fip.spark.recipe.Nights;
import org.fip.spark.store.NightStore;
import org.fip.spark.store.PathStore;

/** The path stores that an argument names: one, or those of a store of nights. */
final class OpenedPaths {
  private OpenedPaths() {}

  /** All paths, of nights in their order. */
  static List<PathStore> all(Session session, String option, String text) {
    Path place = session.path(option, text);
    return NightStore.isAt(session.hadoop(), place)
        ? NightStore.at(session.hadoop(), place, Nights.ORDER).paths()
        : List.of(PathStore.open(session.hadoop(), place));
  }

  /** One path; of nights the one whose network is published. */
  static PathStore published(Session session, String option, String text) {
    Path place = session.path(option, text);
    if (!NightStore.isAt(session.hadoop(), place)) {
      return PathStore.open(session.hadoop(), place);
    }
    NightStore nights = NightStore.at(session.hadoop(), place, Nights.ORDER);
    String night =
        nights
            .latest()
            .map(NightStore.Latest::night)
            .orElseThrow(
                () -> FipException.notFound("%s: no night's network is published yet", place));
    return PathStore.open(session.hadoop(), nights.place(night));
  }
}
