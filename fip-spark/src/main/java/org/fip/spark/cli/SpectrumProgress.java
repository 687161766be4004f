package org.fip.spark.cli;

import java.util.Locale;
import java.util.function.LongSupplier;
import org.fip.core.spectrum.SpectrumListener;
import org.fip.spark.job.ProgressListener;

/** Notes how an analysis goes on: at the end of each part, and every thirty seconds. */
final class SpectrumProgress implements SpectrumListener {
  private static final long LONGEST_SILENCE = 30_000_000_000L;

  private final ProgressListener progress;
  private final LongSupplier nanoTime;
  private long notedAt;

  SpectrumProgress(ProgressListener progress) {
    this(progress, System::nanoTime);
  }

  SpectrumProgress(ProgressListener progress, LongSupplier nanoTime) {
    this.progress = progress;
    this.nanoTime = nanoTime;
    notedAt = nanoTime.getAsLong();
  }

  @Override
  public void expanded(int products, int converged, int wanted) {
    note(
        false,
        String.format(
            Locale.ROOT,
            "spectrum: %d of %d eigenpairs after %d products",
            converged,
            wanted,
            products));
  }

  @Override
  public void found(int products, int pairs) {
    note(
        true,
        String.format(
            Locale.ROOT, "spectrum: %d eigenpairs found by %d products", pairs, products));
  }

  @Override
  public void probed(int probes, int all) {
    note(
        probes == all,
        String.format(Locale.ROOT, "spectrum: %d of %d probes of the trace", probes, all));
  }

  private void note(boolean always, String line) {
    long now = nanoTime.getAsLong();
    if (always || now - notedAt >= LONGEST_SILENCE) {
      notedAt = now;
      progress.note(line);
    }
  }
}
