import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Joins two jars into one without compressing the first again: the JDK's zip file system copies the
 * bytes of entries that it has not changed. The engine's native library is 446 MB unpacked, and
 * shading it takes half a minute at every build where this takes a second.
 *
 * <p>Run by the build from source: {@code java JoinJars.java BIG SMALL RESULT}. Where both have an
 * entry, the one of the small jar counts.
 */
final class JoinJars {
  private JoinJars() {}

  public static void main(String[] arguments) throws IOException {
    Path big = Path.of(arguments[0]);
    Path small = Path.of(arguments[1]);
    Path result = Path.of(arguments[2]);
    Path part = result.resolveSibling(result.getFileName() + ".part");
    Files.copy(big, part, StandardCopyOption.REPLACE_EXISTING);
    part.toFile().setWritable(true);
    try (FileSystem target = FileSystems.newFileSystem(part, Map.of());
        FileSystem source = FileSystems.newFileSystem(small, Map.of());
        Stream<Path> entries = Files.walk(source.getPath("/"))) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Path copy = target.getPath(entry.toString());
        if (Files.isDirectory(entry)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(
              entry,
              copy,
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    // In one step, so that nobody ever starts half a jar.
    Files.move(
        part, result, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
