package org.fip.core.storage;

import org.fip.core.FipException;

/** The rule for names inside a {@link Folder}: plain file names that cannot leave it. */
public final class FileNames {
  private FileNames() {}

  /**
   * Returns {@code name} when it is a plain file name.
   *
   * @throws FipException with category DATA when it is empty, {@code .} or {@code ..}, or holds a
   *     separator or a control character
   */
  public static String check(String name, String location) {
    if (!isPlain(name)) {
      throw FipException.data(
          "%s: '%s' is not a plain file name; use a name without folders in it",
          location, printable(name));
    }
    return name;
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
  }

  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
