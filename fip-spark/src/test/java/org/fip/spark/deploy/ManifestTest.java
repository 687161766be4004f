package org.fip.spark.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fip.spark.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Manifests for the Spark operator, as far as that can be said without Kubernetes. */
class ManifestTest {
  private static final String ONE = "deploy/kubernetes/spark-application.yaml";

  static Stream<String> manifests() throws IOException {
    return DeployFiles.in("deploy/kubernetes", "application.yaml").stream();
  }

  static Stream<String> all() throws IOException {
    return DeployFiles.in("deploy/kubernetes", ".yaml").stream();
  }

  private static Map<?, ?> application(String file) {
    Map<?, ?> manifest = DeployFiles.yaml(DeployFiles.read(file)).get(0);
    Map<?, ?> spec = (Map<?, ?>) manifest.get("spec");
    return spec.get("template") instanceof Map<?, ?> template ? template : spec;
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyDocumentSaysWhatItIs(String file) {
    for (Map<?, ?> document : DeployFiles.yaml(DeployFiles.read(file))) {
      assertTrue(document.get("apiVersion") instanceof String, file);
      assertTrue(document.get("kind") instanceof String, file);
      assertEquals("fip", ((Map<?, ?>) document.get("metadata")).get("namespace"), file);
    }
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void fieldsAreThoseOfTheOperator(String file) {
    List<Map<?, ?>> documents = DeployFiles.yaml(DeployFiles.read(file));
    assertEquals(1, documents.size());
    assertEquals(List.of(), OperatorRules.problems(documents.get(0)));
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void whatIsNamedIsThere(String file) {
    Map<?, ?> application = application(file);
    assertEquals(
        org.apache.spark.package$.MODULE$.SPARK_VERSION(), application.get("sparkVersion"));
    assertEquals(Main.class.getName(), application.get("mainClass"));
    String jar = application.get("mainApplicationFile").toString().replace("local://", "");
    assertTrue(DeployFiles.read("deploy/docker/Dockerfile").contains(" " + jar + "\n"), jar);
    for (Object argument : (List<?>) application.get("arguments")) {
      String recipe = argument.toString().replace("/opt/fip/", "deploy/");
      assertTrue(
          !recipe.startsWith("deploy/") || Files.exists(DeployFiles.ROOT.resolve(recipe)), recipe);
    }
    String account = ((Map<?, ?>) application.get("driver")).get("serviceAccount").toString();
    assertTrue(
        DeployFiles.yaml(DeployFiles.read("deploy/kubernetes/rbac.yaml")).stream()
            .anyMatch(
                document ->
                    document.get("kind").equals("ServiceAccount")
                        && ((Map<?, ?>) document.get("metadata")).get("name").equals(account)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sparkVersion: 4.2.0|sparkVersion: 4|spec.sparkVersion: is 4",
        "type: Java|type: java|spec.type: is java",
        "  mainClass: org.fip.spark.cli.Main||spec.mainClass: is null",
        "spark.authenticate: \"true\"|spark.authenticate: true|spark.authenticate: true is no text",
        "memory: 4g|memory: 4|driver.memory: is 4",
        "instances: 4|instances: 0|executor.instances: is 0",
        "instances: 4|count: 4|spec.executor.count: unknown field",
        "onFailureRetries: 3|onFailureRetries: many|onFailureRetries: is many",
        "type: OnFailure|type: Sometimes|spec.restartPolicy.type: is Sometimes",
        "value: \"1\"|value: 1|needs texts",
        "name: fip-adapt|name: Fip_adapt|metadata.name: is Fip_adapt",
        "v1beta2|v1beta1|apiVersion: is sparkoperator.k8s.io/v1beta1"
      })
  void mistakesAreFound(String right, String wrong, String problem) {
    String text = DeployFiles.read(ONE);
    assertTrue(text.contains(right), right);
    String broken = text.replaceFirst(Pattern.quote(right), wrong == null ? "" : wrong);
    List<String> problems = OperatorRules.problems(DeployFiles.yaml(broken).get(0));
    assertTrue(problems.stream().anyMatch(p -> p.contains(problem)), problems.toString());
  }

  @Test
  void aNightNeedsASchedule() {
    String text = DeployFiles.read("deploy/kubernetes/scheduled-spark-application.yaml");
    String broken = text.replace("\"0 2 * * *\"", "at night");
    assertEquals(1, OperatorRules.problems(DeployFiles.yaml(broken).get(0)).size());
  }
}
