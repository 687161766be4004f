package org.fip.spark.recipe;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EndElementTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The Javadoc of the records that recipes become, as Markdown. */
final class RecipeTexts {
  private final Map<String, String> summaries = new HashMap<>();
  private final Map<String, String> parameters = new HashMap<>();

  RecipeTexts(Path sources, List<Class<? extends Record>> records) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> paths =
          records.stream()
              .map(type -> sources.resolve(type.getName().replace('.', '/') + ".java"))
              .toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(paths));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        ClassTree type = (ClassTree) unit.getTypeDecls().get(0);
        String name = type.getSimpleName().toString();
        DocCommentTree comment = trees.getDocCommentTree(new TreePath(new TreePath(unit), type));
        summaries.put(name, text(comment.getFullBody()));
        for (DocTree tag : comment.getBlockTags()) {
          if (tag instanceof ParamTree parameter) {
            parameters.put(name + "." + parameter.getName(), text(parameter.getDescription()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a record is. */
  String of(Class<? extends Record> type) {
    return require(summaries, type.getSimpleName());
  }

  /** What a component of a record is. */
  String of(Class<? extends Record> type, String component) {
    return require(parameters, type.getSimpleName() + "." + component);
  }

  private static String require(Map<String, String> texts, String name) {
    String text = texts.get(name);
    if (text == null) {
      throw new AssertionError(name + " has no Javadoc");
    }
    return text;
  }

  private static String text(List<? extends DocTree> parts) {
    StringBuilder text = new StringBuilder();
    for (DocTree part : parts) {
      if (part instanceof LiteralTree literal) {
        text.append('`').append(literal.getBody().getBody().strip()).append('`');
      } else if (part instanceof LinkTree link) {
        text.append('`').append(link.getReference()).append('`');
      } else if (part instanceof StartElementTree || part instanceof EndElementTree) {
        text.append(part.toString().matches("</?i>") ? "`" : "\n\n");
      } else {
        text.append(part);
      }
    }
    return text.toString()
        .replaceAll("[ \t]*\n(?!\n)[ \t]*", " ")
        .replaceAll("[ \t]*\n+[ \t]*", "\n\n")
        .replaceAll(" +", " ")
        .strip();
  }
}
