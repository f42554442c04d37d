package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * GitHub's workflows, as far as they can be judged elsewhere, and the scripts that only they call.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("slow")
final class WorkflowsTest {
  /** Actions whose commits nobody here could look up; all others are named by their commit. */
  private static final Set<String> BY_TAG =
      Set.of(
          "graalvm/setup-graalvm@v1",
          "github/codeql-action/init@v3",
          "github/codeql-action/analyze@v3");

  @TempDir Path folder;
  private Script script;

  @BeforeEach
  void come() {
    script = new Script(folder, Path.of("").toAbsolutePath());
  }

  @Test
  void allStepsAreShellThatALinterFindsNoFaultWith() throws Exception {
    Requires.present(
        script.run("", List.of("shellcheck", "--version")).status() == 0, "shellcheck");
    int checked = 0;
    for (JsonNode step : steps()) {
      if (!step.has("run") || step.path("shell").asText().equals("pwsh")) {
        continue;
      }
      // GitHub fills these in before the shell sees them.
      String text = step.get("run").textValue().replaceAll("\\$\\{\\{[^}]*\\}\\}", "word");
      Path file = folder.resolve("step" + checked++);
      Files.writeString(file, text);
      Script.Result found =
          script.run("", List.of("shellcheck", "--shell=bash", "--exclude=SC2193", file + ""));
      assertThat(found.status()).as(text + found).isZero();
    }
    assertThat(checked).isGreaterThan(10);
  }

  @Test
  void allScriptsThatAreCalledAreThereAndCanBeRun() throws Exception {
    Set<String> called = new TreeSet<>();
    Pattern path =
        Pattern.compile("(?<![\\w/.])(?:\\.github|helper|install|src)/[\\w/.-]+\\.(?:sh|py|ps1)");
    for (JsonNode step : steps()) {
      Matcher matcher = path.matcher(step.path("run").asText());
      while (matcher.find()) {
        called.add(matcher.group());
      }
    }
    assertThat(called).contains(".github/release-notes.sh", "helper/packages/build-msi.sh");
    for (String name : called) {
      assertThat(Path.of(name)).isRegularFile();
      assertThat(name.endsWith(".ps1") || Files.isExecutable(Path.of(name))).as(name).isTrue();
    }
  }

  @Test
  void actionsAreNamedByTheirCommit() throws Exception {
    List<String> used = new ArrayList<>();
    for (JsonNode step : steps()) {
      if (step.has("uses")) {
        used.add(step.get("uses").textValue());
      }
    }
    assertThat(used)
        .isNotEmpty()
        .allMatch(name -> name.matches("[\\w./-]+@[0-9a-f]{40}") || BY_TAG.contains(name));
  }

  @Test
  void workflowsMayOnlyReadButForTheJobsThatSaySo() throws Exception {
    List<String> more = new ArrayList<>();
    for (Path file : workflows()) {
      JsonNode workflow = json(file);
      assertThat(workflow.get("permissions").toString())
          .as(file + "")
          .isEqualTo("{\"contents\":\"read\"}");
      workflow
          .get("jobs")
          .properties()
          .forEach(
              job -> {
                if (job.getValue().has("permissions")) {
                  more.add(job.getKey());
                }
              });
    }
    assertThat(more).containsExactlyInAnyOrder("draft", "analyze");
  }

  @Test
  void dependenciesOfEveryKindAreKeptUpToDate() throws Exception {
    JsonNode updates = json(Path.of(".github/dependabot.yml")).get("updates");
    assertThat(updates)
        .extracting(update -> update.get("package-ecosystem").textValue())
        .containsExactlyInAnyOrder("maven", "github-actions", "npm");
    for (JsonNode update : updates) {
      assertThat(Path.of("." + update.get("directory").textValue())).isDirectory();
    }
  }

  @Test
  void theNotesOfAReleaseAreItsPartOfTheChanges() throws Exception {
    Path changes = folder.resolve("CHANGELOG.md");
    Files.writeString(
        changes,
        """
        # Changes

        ## Unreleased

        - later

        ## [1.20.0] - 2026-12-01

        - new

        ### Fixed

        - old

        ## 1.2.0

        - first
        """);
    assertThat(notes("1.20.0", changes).out()).isEqualTo("- new\n\n### Fixed\n\n- old\n");
    assertThat(notes("1.2.0", changes).out()).isEqualTo("- first\n");
    Script.Result missing = notes("1.2", changes);
    assertThat(missing.status()).isNotZero();
    assertThat(missing.err()).contains("nothing under \"## 1.2\"");
  }

  @Test
  void aTagThatIsNotTheVersionIsRefused() throws Exception {
    Script.Result result = script.run("", List.of(".github/check-tag.sh", "v0.0.1"));
    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains("the tag is v0.0.1 and pom.xml has the version ");
    Matcher version =
        Pattern.compile("<artifactId>git-credential-pat</artifactId>\\s*<version>([^<]+)<")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    boolean released = !version.group(1).endsWith("-SNAPSHOT");
    Script.Result right = script.run("", List.of(".github/check-tag.sh", "v" + version.group(1)));
    assertThat(right.status() == 0).as(right.toString()).isEqualTo(released);
  }

  private Script.Result notes(String version, Path changes) throws Exception {
    return script.run("", List.of(".github/release-notes.sh", version, changes.toString()));
  }

  private List<JsonNode> steps() throws Exception {
    List<JsonNode> steps = new ArrayList<>();
    for (Path file : workflows()) {
      for (JsonNode job : json(file).get("jobs")) {
        assertThat(job.has("timeout-minutes")).as(file + "").isTrue();
        job.get("steps").forEach(steps::add);
      }
    }
    return steps;
  }

  private static List<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
      List<Path> workflows = files.sorted().toList();
      assertThat(workflows).hasSizeGreaterThan(2);
      return workflows;
    }
  }

  private JsonNode json(Path yaml) throws Exception {
    return script.readYaml(yaml);
  }
}
