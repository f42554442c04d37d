package io.github.gitcredentialpat.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Requires;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packages in target/packages: what is in them, and how they behave where they are installed.
 */
@Tag("all")
final class PackageIT {
  private static final Path PACKAGES = Path.of("target/packages").toAbsolutePath();
  private static final Path IMAGE = Path.of("target/image").toAbsolutePath();
  private static final List<String> KINDS = List.of(".deb", ".rpm", ".tar.gz", ".zip");
  private static final String OLDER = "0.0.1";
  private static final long MEGABYTE = 1_000_000;

  @TempDir static Path olderPackages;

  @TempDir Path folder;
  private Script tools;

  @BeforeEach
  void packagesAreThere() throws IOException {
    Requires.present(
        Files.exists(PACKAGES.resolve("SHA256SUMS")),
        PACKAGES + " (mvn -Ppackages verify makes them)");
    for (String program : List.of("dpkg-deb", "rpm", "objdump", "lintian", "unzip", "man")) {
      Requires.present(CSources.isOnPath(program), program);
    }
    tools = new Script(Files.createDirectory(folder.resolve("home")), folder);
  }

  @Test
  void theDebianPackageIsSmall() throws Exception {
    String java = Files.readString(Path.of("target/image/runtime/release"));
    // An older Java's runtime is larger.
    Requires.present(java.contains("JAVA_VERSION=\"25"), "a JDK 25 that made the packages");
    assertThat(Files.size(only(".deb"))).isLessThanOrEqualTo(25 * MEGABYTE);
  }

  @ParameterizedTest
  @ValueSource(strings = {".deb", ".rpm", ".tar.gz"})
  void everyFileIsRootsAndNobodyElseMayWriteIt(String kind) throws Exception {
    String listed =
        switch (kind) {
          case ".deb" -> run("dpkg-deb", "--contents", only(kind).toString());
          case ".rpm" -> run("rpm", "-qplv", only(kind).toString());
          default -> run("tar", "-tvzf", only(kind).toString());
        };
    assertThat(listed.lines())
        .hasSizeGreaterThan(40)
        .allMatch(line -> line.matches("(l.{9}|[-d].{4}-.{2}-.)\\s.*"))
        .allMatch(line -> line.matches("\\S+\\s+(\\d+\\s+)?(root[/ ]+root|0/0)\\s.*"));
  }

  @Test
  void needsGitAndGlibcAndNothingElse() throws Exception {
    assertThat(run("dpkg-deb", "--field", only(".deb").toString(), "Depends"))
        .matches("git, libc6 \\(>= 2\\.\\d+\\)\n");
    assertThat(run("rpm", "-qpR", only(".rpm").toString()).lines())
        .filteredOn(line -> !line.startsWith("rpmlib("))
        .allMatch(
            line -> line.matches("git-core|/bin/sh|libc\\.so\\.6\\(GLIBC_2\\.\\d+\\)\\(64bit\\)"));
    Path unpacked = folder.resolve("unpacked");
    run("dpkg-deb", "--extract", only(".deb").toString(), unpacked.toString());
    List<String> wanted = new ArrayList<>();
    List<String> own = new ArrayList<>();
    int programs = 0;
    try (Stream<Path> files = Files.walk(unpacked)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        own.add(file.getFileName().toString());
        if (file.toString().contains(".so") || file.toString().contains("/runtime/bin/")) {
          programs++;
          run("objdump", "-p", file.toString())
              .lines()
              .filter(line -> line.contains("NEEDED"))
              .forEach(line -> wanted.add(line.replaceAll(".*NEEDED\\s+", "")));
        }
      }
    }
    assertThat(programs).isGreaterThan(8);
    wanted.removeAll(own);
    assertThat(wanted)
        .isNotEmpty()
        .allMatch(
            library -> library.matches("(libc|libm|libdl|libpthread|librt|ld-linux.*)\\.so\\.\\d"));
  }

  @Test
  void lintianFindsNoFault() throws Exception {
    // It leaves files where temporary ones go.
    String temporary = "TMPDIR=" + Files.createDirectory(folder.resolve("lintian"));
    String[] lintian = {"env", temporary, "lintian", "--allow-root", "--fail-on", "error"};
    List<String> command = new ArrayList<>(List.of(lintian));
    command.add(only(".deb").toString());
    assertThat(run(command.toArray(String[]::new))).doesNotContain("E: ");
  }

  @Test
  void theSameInputMakesTheSameBytesWhoeverBuilds() throws Exception {
    // Elsewhere, with newer files that are open to a group, and as somebody else where that can be.
    Path project = Files.createDirectory(folder.resolve("another place"));
    for (String part : List.of("helper", "CHANGELOG.md", "LICENSE", "target/image")) {
      run("cp", "-R", "-P", part, project.toString());
    }
    run("chmod", "-R", "g+w", project.toString());
    Path again = Files.createDirectory(folder.resolve("packages"));
    List<String> builder = new ArrayList<>(List.of("sh", "-c", "umask 002; exec \"$@\"", "sh"));
    if (isRoot()) {
      run("chmod", "-R", "a+rX", folder.toString());
      run("chmod", "a+rwx", again.toString());
      builder.addAll(List.of("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"));
    }
    pack(builder, project, project.resolve("image"), OLDER, again, "--fast");
    for (String kind : KINDS) {
      Path made = only(again, kind);
      assertThat(Files.mismatch(made, only(older(), kind))).as(kind).isEqualTo(-1);
    }
    assertThat(again.resolve("SHA256SUMS")).hasSameTextualContentAs(older().resolve("SHA256SUMS"));
  }

  @Test
  void aNativeImageIsPackedWithoutJava() throws Exception {
    // It stands in for what GraalVM makes, which takes zlib from the system.
    Path source = folder.resolve("image.c");
    Files.writeString(source, "#include <zlib.h>\nint main(void) { return !zlibVersion(); }\n");
    Path binary = folder.resolve("binary");
    run("gcc", "-o", binary.toString(), source.toString(), "-lz");
    List<String> lay = new ArrayList<>(List.of("helper/image/build-native.sh"));
    lay.addAll(List.of("--binary", binary.toString(), "--jars", "target/lib"));
    lay.addAll(List.of("--java-home", System.getProperty("java.home")));
    Path image = folder.resolve("native");
    lay.addAll(List.of("--to", image.toString()));
    run(lay.toArray(String[]::new));
    Path packed = Files.createDirectory(folder.resolve("packed"));
    pack(List.of(), Path.of("").toAbsolutePath(), image, OLDER, packed, "--fast", "deb", "rpm");
    String deb = only(packed, ".deb").toString();
    assertThat(run("dpkg-deb", "--field", deb, "Depends"))
        .matches("git, libc6 \\(>= 2\\.\\d+\\), zlib1g\n");
    assertThat(run("dpkg-deb", "--contents", deb))
        .contains("/" + OLDER + "/lib/git-credential-pat\n", "doc/git-credential-pat/copyright")
        .doesNotContain("/runtime/", ".jar");
    assertThat(run("rpm", "-qpR", only(packed, ".rpm").toString())).contains("libz.so.1()(64bit)");
  }

  @Test
  void theChecksumsAreThoseOfThePackages() throws Exception {
    assertThat(
            run("sh", "-c", "cd \"$1\" && sha256sum --check SHA256SUMS", "sh", PACKAGES.toString())
                .lines())
        .as("the packages and *.cdx.json, which Maven only makes online")
        .hasSize(KINDS.size() + 1)
        .allMatch(line -> line.endsWith(": OK"));
  }

  @ParameterizedTest
  @ValueSource(strings = {".tar.gz", ".zip"})
  void runsFromTheFolderWhereItWasUnpacked(String kind) throws Exception {
    Path place = Files.createDirectory(folder.resolve("any pläce & 'where'"));
    if (kind.equals(".zip")) {
      run("unzip", "-q", only(kind).toString(), "-d", place.toString());
    } else {
      run("tar", "-xzf", only(kind).toString(), "-C", place.toString());
    }
    Path unpacked;
    try (Stream<Path> folders = Files.list(place)) {
      unpacked = folders.findFirst().orElseThrow();
    }
    // Found through a link on the PATH, as git finds it, by somebody who may not write the folder.
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(
        bin.resolve("git-credential-pat"), unpacked.resolve("bin/git-credential-pat"));
    tools.with("PATH", bin + ":" + System.getenv("PATH"));
    proveThroughGit();
    run("sh", unpacked.resolve("make-archives.sh").toString());
    assertThat(unpacked.resolve("commands.jsa")).isNotEmptyFile();
    assertThat(unpacked.resolve("bin/git-credential-pat")).content().contains("& '\\''where'\\''");
    proveThroughGit();
    // Moved on: slower, and no worse.
    Files.move(unpacked, folder.resolve("moved"));
    Files.delete(bin.resolve("git-credential-pat"));
    Files.createSymbolicLink(
        bin.resolve("git-credential-pat"), folder.resolve("moved/bin/git-credential-pat"));
    proveThroughGit();
  }

  @Test
  void theManualShowsWhatIsTypedAsItIsTyped() throws Exception {
    Path unpacked = folder.resolve("unpacked");
    run("dpkg-deb", "--extract", only(".deb").toString(), unpacked.toString());
    String pages = unpacked + "/usr/share/man/man1/";
    String exec = run("man", "--local-file", pages + "git-credential-pat-exec.1.gz");
    // No dash in place of two hyphens, and no emphasis from one underscore to the next.
    assertThat(exec).contains("exec contoso -- az devops", "CARGO_REGISTRIES_..._TOKEN");
    String program = run("man", "--local-file", pages + "git-credential-pat.1.gz");
    assertThat(program)
        .contains("[--store=NAME,...] [--timeout=TIME]", "GIT_CREDENTIAL_PAT_PASSPHRASE_FILE");
  }

  @Test
  void allThatComesAlongHasItsLicense() throws Exception {
    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
    run(
        "tar",
        "-xzf",
        only(".tar.gz").toString(),
        "-C",
        unpacked.toString(),
        "--strip-components=1");
    assertThat(unpacked.resolve("licenses/LICENSE")).hasSameTextualContentAs(Path.of("LICENSE"));
    assertThat(unpacked.resolve("runtime/legal/java.base/LICENSE"))
        .content()
        .containsIgnoringCase("GNU General Public License");
    try (Stream<Path> jars = Files.list(unpacked.resolve("lib"))) {
      for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
        String name = jar.getFileName().toString().replace(".jar", "");
        if (!name.startsWith("git-credential-pat")) {
          assertThat(unpacked.resolve("licenses").toFile().list())
              .as(name)
              .anyMatch(text -> text.startsWith(name + "."));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"THIS_MACHINE, .deb", "DEBIAN_13, .deb", "DEBIAN_13, .rpm"})
  void isInstalledUsedUpgradedAndRemoved(String system, String kind) throws Exception {
    String root = system.equals("DEBIAN_13") ? System.getenv("GIT_CREDENTIAL_PAT_TRIXIE") : "/";
    Requires.present(
        root != null && Files.isExecutable(Path.of(root, "usr/bin/dpkg")),
        "a Debian " + system + " (GIT_CREDENTIAL_PAT_TRIXIE)");
    Requires.present(isRoot(), "root, to mount a layer over " + root);
    Path served = Files.createDirectory(folder.resolve("served"));
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.gitcredentialpat.endtoend.BenchmarkServer",
                served.toString(),
                "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said = server.inputReader()) {
      StringBuilder told = new StringBuilder();
      for (int line = 0; line < 5; line++) {
        told.append(said.readLine()).append('\n');
      }
      Path layer = Files.createDirectory(folder.resolve("layer"));
      Script.Result result =
          tools.run(
              told.toString(),
              List.of(
                  "unshare",
                  "--mount",
                  "sh",
                  Path.of("src/test/sh/package.sh").toAbsolutePath().toString(),
                  root,
                  layer.toString(),
                  only(older(), kind).toString(),
                  only(kind).toString()));
      assertThat(result.status()).as(result.toString()).isZero();
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  /** A throw-away entry is kept, found and removed through the git of this machine. */
  private void proveThroughGit() throws Exception {
    String where = "protocol=https\nhost=dev.azure.com\npath=contoso/_git/site\n";
    String kept = where + "username=me\npassword=" + UUID.randomUUID() + "\n";
    List<String> git =
        List.of(
            "git",
            "-c",
            "credential.helper=",
            "-c",
            "credential.helper=pat",
            "-c",
            "credential.useHttpPath=true",
            "credential");
    for (String operation : List.of("approve", "fill", "reject")) {
      List<String> command = new ArrayList<>(git);
      command.add(operation);
      Script.Result result = tools.run(operation.equals("fill") ? where : kept, command);
      assertThat(result.status()).as(result.toString()).isZero();
      if (operation.equals("fill")) {
        assertThat(result.out()).contains(kept.substring(kept.indexOf("password=")));
      }
    }
  }

  /** Packages of a version from before all others, made quickly, and once. */
  private Path older() throws Exception {
    if (!Files.exists(olderPackages.resolve("SHA256SUMS"))) {
      pack(List.of(), Path.of("").toAbsolutePath(), IMAGE, OLDER, olderPackages, "--fast");
    }
    return olderPackages;
  }

  private void pack(
      List<String> builder, Path project, Path image, String version, Path to, String... more)
      throws Exception {
    List<String> command = new ArrayList<>(builder);
    command.addAll(List.of(project.resolve("helper/packages/build-packages.sh").toString()));
    command.addAll(List.of("--image", image.toString()));
    command.addAll(List.of("--documents", copyOfDocuments().toString()));
    command.addAll(List.of("--version", version));
    command.addAll(List.of("--time", inPom("project.build.outputTimestamp")));
    command.addAll(List.of("--to", to.toString()));
    command.addAll(List.of(more));
    Script.Result result = tools.run("", command);
    assertThat(result.status()).as(result.toString()).isZero();
  }

  /** The manual and the completions, where anybody may read them. */
  private Path copyOfDocuments() throws Exception {
    Path copy = folder.resolve("documents");
    if (!Files.exists(copy)) {
      run("cp", "-R", "target/documents", copy.toString());
      run("chmod", "-R", "a+rX", copy.toString());
    }
    return copy;
  }

  /** The text of an element of the project's POM, where it stands first. */
  private static String inPom(String element) throws IOException {
    Matcher matcher =
        Pattern.compile("<" + element + ">([^<]+)<").matcher(Files.readString(Path.of("pom.xml")));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static Path only(String kind) throws IOException {
    return only(PACKAGES, kind);
  }

  /** The one package of its kind in a folder. */
  private static Path only(Path folder, String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(kind)).toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Runs a program that is expected to work; returns what it printed. */
  private String run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // rpm makes a database there, whatever it is asked.
    builder.environment().put("HOME", folder.resolve("home").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + printed).isZero();
    return printed;
  }
}
