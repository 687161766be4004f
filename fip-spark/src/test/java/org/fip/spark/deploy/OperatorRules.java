package org.fip.spark.deploy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the Spark operator's schema {@code sparkoperator.k8s.io/v1beta2} asks of the fields that the
 * manifests of this repository use. A field that is not listed here is reported: the API server
 * would drop it in silence.
 */
final class OperatorRules {
  private static final Pattern MEMORY = Pattern.compile("\\d+[kmgt]");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern CRON =
      Pattern.compile("@(every .+|daily|hourly|weekly)|(\\S+ ){4}\\S+");

  private static final Set<String> POD =
      Set.of(
          "cores",
          "coreLimit",
          "coreRequest",
          "memory",
          "memoryOverhead",
          "env",
          "envFrom",
          "labels",
          "annotations",
          "volumeMounts",
          "nodeSelector",
          "tolerations",
          "affinity",
          "securityContext",
          "podSecurityContext",
          "serviceAccount",
          "javaOptions",
          "terminationGracePeriodSeconds");
  private static final Set<String> APPLICATION =
      Set.of(
          "type",
          "mode",
          "sparkVersion",
          "image",
          "imagePullPolicy",
          "imagePullSecrets",
          "mainClass",
          "mainApplicationFile",
          "arguments",
          "sparkConf",
          "hadoopConf",
          "sparkConfigMap",
          "hadoopConfigMap",
          "volumes",
          "driver",
          "executor",
          "restartPolicy",
          "timeToLiveSeconds",
          "monitoring");
  private static final Set<String> SCHEDULE =
      Set.of(
          "schedule",
          "template",
          "suspend",
          "concurrencyPolicy",
          "successfulRunHistoryLimit",
          "failedRunHistoryLimit");

  private final List<String> problems = new ArrayList<>();

  private OperatorRules() {}

  /** What is wrong with a manifest; nothing when it can be applied. */
  static List<String> problems(Map<?, ?> manifest) {
    OperatorRules rules = new OperatorRules();
    rules.manifest(manifest);
    return rules.problems;
  }

  private void manifest(Map<?, ?> manifest) {
    known("", manifest, Set.of("apiVersion", "kind", "metadata", "spec"));
    oneOf("apiVersion", manifest.get("apiVersion"), "sparkoperator.k8s.io/v1beta2");
    oneOf("kind", manifest.get("kind"), "SparkApplication", "ScheduledSparkApplication");
    matches("metadata.name", map("metadata", manifest).get("name"), NAME);
    Map<?, ?> spec = map("spec", manifest);
    if ("ScheduledSparkApplication".equals(manifest.get("kind"))) {
      known("spec", spec, SCHEDULE);
      matches("spec.schedule", spec.get("schedule"), CRON);
      optional("spec.concurrencyPolicy", spec, "Allow", "Forbid", "Replace");
      application("spec.template", map("template", spec));
    } else {
      application("spec", spec);
    }
  }

  private void application(String at, Map<?, ?> spec) {
    known(at, spec, APPLICATION);
    oneOf(at + ".type", spec.get("type"), "Java", "Scala", "Python", "R");
    optional(at + ".mode", spec, "cluster", "client");
    optional(at + ".imagePullPolicy", spec, "Always", "IfNotPresent", "Never");
    for (String key : List.of("sparkVersion", "image", "mainClass", "mainApplicationFile")) {
      matches(at + "." + key, spec.get(key), Pattern.compile("\\S+"));
    }
    texts(at + ".arguments", spec.get("arguments"));
    conf(at + ".sparkConf", spec);
    conf(at + ".hadoopConf", spec);
    restart(at + ".restartPolicy", map("restartPolicy", spec));
    pod(at + ".driver", map("driver", spec), spec, Set.of());
    pod(at + ".executor", map("executor", spec), spec, Set.of("instances"));
    atLeast(1, at + ".executor.instances", map("executor", spec).get("instances"));
  }

  private void restart(String at, Map<?, ?> policy) {
    Set<String> numbers =
        Set.of(
            "onFailureRetries",
            "onFailureRetryInterval",
            "onSubmissionFailureRetries",
            "onSubmissionFailureRetryInterval");
    Set<String> fields = new HashSet<>(numbers);
    fields.add("type");
    known(at, policy, fields);
    oneOf(at + ".type", policy.get("type"), "Never", "OnFailure", "Always");
    if ("OnFailure".equals(policy.get("type"))) {
      for (String number : numbers) {
        atLeast(number.endsWith("Interval") ? 1 : 0, at + "." + number, policy.get(number));
      }
    }
  }

  private void pod(String at, Map<?, ?> pod, Map<?, ?> spec, Set<String> more) {
    Set<String> fields = new HashSet<>(POD);
    fields.addAll(more);
    known(at, pod, fields);
    atLeast(1, at + ".cores", pod.get("cores"));
    matches(at + ".memory", pod.get("memory"), MEMORY);
    matches(at + ".memoryOverhead", pod.get("memoryOverhead"), MEMORY);
    for (Object variable : list(pod.get("env"))) {
      Map<?, ?> entry = (Map<?, ?>) variable;
      if (!(entry.get("name") instanceof String) || !(entry.get("value") instanceof String)) {
        problems.add(at + ".env: " + entry + " needs texts; put numbers in quotes");
      }
    }
    for (Object mount : list(pod.get("volumeMounts"))) {
      Object name = ((Map<?, ?>) mount).get("name");
      if (list(spec.get("volumes")).stream()
          .noneMatch(v -> name.equals(((Map<?, ?>) v).get("name")))) {
        problems.add(at + ".volumeMounts: there is no volume " + name);
      }
    }
  }

  private void conf(String at, Map<?, ?> spec) {
    if (spec.get(at.substring(at.lastIndexOf('.') + 1)) instanceof Map<?, ?> conf) {
      conf.forEach(
          (key, value) -> {
            if (!(value instanceof String)) {
              problems.add(at + "." + key + ": " + value + " is no text; put it in quotes");
            }
          });
    }
  }

  private void known(String at, Map<?, ?> map, Set<String> fields) {
    Set<String> unknown = new TreeSet<>();
    map.keySet().forEach(key -> unknown.add(String.valueOf(key)));
    unknown.removeAll(fields);
    unknown.forEach(key -> problems.add(at + "." + key + ": unknown field"));
  }

  private void oneOf(String at, Object value, String... allowed) {
    if (!List.of(allowed).contains(value)) {
      problems.add(at + ": is " + value + ", must be one of " + List.of(allowed));
    }
  }

  private void optional(String at, Map<?, ?> map, String... allowed) {
    Object value = map.get(at.substring(at.lastIndexOf('.') + 1));
    if (value != null) {
      oneOf(at, value, allowed);
    }
  }

  private void matches(String at, Object value, Pattern pattern) {
    if (!(value instanceof String text) || !pattern.matcher(text).matches()) {
      problems.add(at + ": is " + value + ", must match " + pattern);
    }
  }

  private void atLeast(int least, String at, Object value) {
    if (!(value instanceof Integer number) || number < least) {
      problems.add(at + ": is " + value + ", must be a whole number from " + least);
    }
  }

  private void texts(String at, Object value) {
    for (Object entry : list(value)) {
      if (!(entry instanceof String)) {
        problems.add(at + ": " + entry + " is no text; put it in quotes");
      }
    }
  }

  private static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private Map<?, ?> map(String key, Map<?, ?> parent) {
    if (parent.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    problems.add(key + ": is missing");
    return Map.of();
  }
}
