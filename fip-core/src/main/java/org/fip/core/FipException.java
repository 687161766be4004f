package org.fip.core;

/**
 * A failure that a user can act on. The message is one line that says what is wrong, where, and
 * what to do; the category decides the exit code of the command line.
 */
public final class FipException extends RuntimeException {

  /** What kind of failure it is, with the exit code of {@code sysexits.h} it maps to. */
  public enum Category {
    /** The command line is wrong. */
    USAGE(64),
    /** A value in data, a network or a recipe is wrong. */
    DATA(65),
    /** A named input does not exist. */
    NOT_FOUND(66),
    /** A defect of this program. */
    INTERNAL(70),
    /** Reading or writing storage failed. */
    STORAGE(74),
    /** The same call may succeed later. */
    TEMPORARY(75),
    /** The environment is not set up as the command needs it. */
    CONFIGURATION(78);

    private final int exitCode;

    Category(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The process exit code of this category. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Category category;

  /** Creates a failure of the given category. */
  public FipException(Category category, String message) {
    this(category, message, null);
  }

  /** Creates a failure of the given category with its cause. */
  public FipException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  /** The kind of failure. */
  public Category category() {
    return category;
  }

  /** A wrong value in data, a network or a recipe. */
  public static FipException data(String format, Object... arguments) {
    return new FipException(Category.DATA, String.format(format, arguments));
  }

  /** A named input that does not exist. */
  public static FipException notFound(String format, Object... arguments) {
    return new FipException(Category.NOT_FOUND, String.format(format, arguments));
  }

  /** A failure of storage. */
  public static FipException storage(Throwable cause, String format, Object... arguments) {
    return new FipException(Category.STORAGE, String.format(format, arguments), cause);
  }
}
