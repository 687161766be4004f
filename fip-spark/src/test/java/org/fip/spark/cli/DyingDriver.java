package org.fip.spark.cli;

import java.util.Arrays;
import org.apache.hadoop.fs.FileSystem;
import org.fip.spark.store.FaultyFileSystem;
import org.fip.spark.store.FaultyFileSystem.Fault;
import org.fip.spark.store.FaultyFiles;

/** A program whose process ends, as by {@code kill -9}, before its n-th change of a file. */
final class DyingDriver {
  private DyingDriver() {}

  /** The number of the change, 0 for none, and the words of the command. */
  public static void main(String[] arguments) {
    long last = Long.parseLong(arguments[0]);
    FileSystem files = FaultyFiles.healthy();
    FaultyFileSystem observed = new FaultyFileSystem(files, Fault.THROW, operation -> false);
    observed.observe(
        () -> {
          if (observed.operations() + 1 == last) {
            Runtime.getRuntime().halt(137);
          }
        });
    FaultyFiles.use(observed);
    CommandLineRun run = CommandLineRun.ofJob(Arrays.copyOfRange(arguments, 1, arguments.length));
    System.err.print(run.err());
    Runtime.getRuntime().halt(run.exitCode());
  }
}
