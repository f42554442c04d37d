package io.github.gitcredentialpat.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Homebrew formula, the Scoop manifest and the winget manifests, and how a release fills them
 * in.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("slow")
final class ManifestsTest {
  private static final String VERSION = "12.3.4";
  private static final String DOWNLOADS =
      "https://github.com/gitcredentialpat/git-credential-pat/releases/download/v12.3.4/";

  @TempDir Path folder;
  private final TreeMap<String, String> sums = new TreeMap<>();
  private Script script;
  private Path filled;

  @BeforeEach
  void release() throws Exception {
    script = new Script(folder, Path.of("").toAbsolutePath());
    filled = folder.resolve("filled");
    for (String end :
        List.of(
            "macos-arm64.tar.gz",
            "macos-x64.tar.gz",
            "linux-arm64.tar.gz",
            "linux-x64.tar.gz",
            "windows-x64.zip",
            "x64.msi")) {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(end.getBytes(UTF_8));
      sums.put("git-credential-pat-" + VERSION + "-" + end, HexFormat.of().formatHex(sum));
    }
  }

  @Test
  void winget() throws Exception {
    assertThat(fill(VERSION).status()).isZero();
    String name = "winget/GitCredentialPat.GitCredentialPat";
    JsonNode installer = script.readYaml(filled.resolve(name + ".installer.yaml"));
    JsonNode first = installer.get("Installers").get(0);
    String msi = "git-credential-pat-" + VERSION + "-x64.msi";
    assertThat(first.get("InstallerUrl").textValue()).isEqualTo(DOWNLOADS + msi);
    assertThat(first.get("InstallerSha256").textValue()).isEqualTo(sums.get(msi));
    for (String kind : List.of(".yaml", ".installer.yaml", ".locale.en-US.yaml")) {
      JsonNode manifest = script.readYaml(filled.resolve(name + kind));
      assertThat(manifest.get("PackageIdentifier").textValue())
          .isEqualTo("GitCredentialPat.GitCredentialPat");
      assertThat(manifest.get("PackageVersion").textValue()).isEqualTo(VERSION);
      assertThat(manifest.get("ManifestVersion").asText()).isEqualTo("1.6.0");
    }
  }

  @Test
  void scoop() throws Exception {
    assertThat(fill(VERSION).status()).isZero();
    JsonNode manifest =
        new ObjectMapper().readTree(filled.resolve("scoop/git-credential-pat.json").toFile());
    assertThat(manifest.get("version").textValue()).isEqualTo(VERSION);
    assertThat(manifest.fieldNames())
        .toIterable()
        .contains("description", "homepage", "license", "architecture", "env_add_path");
    JsonNode x64 = manifest.get("architecture").get("64bit");
    String zip = "git-credential-pat-" + VERSION + "-windows-x64.zip";
    assertThat(x64.get("url").textValue()).isEqualTo(DOWNLOADS + zip);
    assertThat(x64.get("hash").textValue()).isEqualTo(sums.get(zip));
    // As build-msi.sh names the folder in it.
    assertThat(x64.get("extract_dir").textValue() + ".zip").isEqualTo(zip);
  }

  @Test
  void homebrew() throws Exception {
    assertThat(fill(VERSION).status()).isZero();
    String formula = Files.readString(filled.resolve("homebrew/git-credential-pat.rb"));
    for (String system : List.of("macos-arm64", "macos-x64", "linux-arm64", "linux-x64")) {
      String file = "git-credential-pat-" + VERSION + "-" + system + ".tar.gz";
      assertThat(formula.replaceAll("\n *", " "))
          .contains("url \"" + DOWNLOADS + file + "\" sha256 \"" + sums.get(file) + "\"");
    }
  }

  @Tag("all")
  @Test
  void rubyReadsTheFormula() throws Exception {
    Requires.present(
        script.run("", List.of("sh", "-c", "command -v ruby")).status() == 0, "the package ruby");
    assertThat(fill(VERSION).status()).isZero();
    Path formula = filled.resolve("homebrew/git-credential-pat.rb");
    Script.Result read = script.run("", List.of("ruby", "-wc", formula.toString()));
    assertThat(read.out()).as(read.toString()).isEqualTo("Syntax OK\n");
    assertThat(read.err()).isEmpty();
  }

  @Test
  void nothingIsLeftToFillInAndNothingRealStandsInTheSources() throws Exception {
    assertThat(fill(VERSION).status()).isZero();
    for (Path file : files(filled)) {
      assertThat(Files.readString(file)).doesNotContain("@URL@", "@VERSION@", "@SHA256");
    }
    for (String kind : List.of("homebrew", "scoop", "winget")) {
      for (Path file : files(Path.of("helper/manifests", kind))) {
        assertThat(Files.readString(file))
            .contains("@VERSION@")
            .doesNotContainPattern("[0-9a-f]{64}");
      }
    }
  }

  @Test
  void aFileWithoutASumIsNamedAndNothingHalfIsWritten() throws Exception {
    sums.remove("git-credential-pat-" + VERSION + "-x64.msi");
    Script.Result result = fill(VERSION);
    assertThat(result.status()).isNotZero();
    assertThat(result.err())
        .contains("has no sum of git-credential-pat-" + VERSION + "-x64.msi", "winget");
    assertThat(files(filled)).noneMatch(file -> file.toString().contains("installer"));
    sums.put("git-credential-pat-" + VERSION + "-x64.msi", "0");
    assertThat(fill(VERSION).status()).isNotZero();
    assertThat(fill("1.3.0-SNAPSHOT").err()).contains("no version of a release");
  }

  private Script.Result fill(String version) throws Exception {
    Path file = folder.resolve("SHA256SUMS");
    StringBuilder lines = new StringBuilder();
    sums.forEach((name, sum) -> lines.append(sum).append("  ").append(name).append('\n'));
    Files.writeString(file, lines);
    return script.run(
        "",
        List.of(
            "helper/manifests/fill-manifests.sh",
            "--version",
            version,
            "--sums",
            file.toString(),
            "--to",
            filled.toString()));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ArrayList<>(files.filter(Files::isRegularFile).toList());
    }
  }
}
