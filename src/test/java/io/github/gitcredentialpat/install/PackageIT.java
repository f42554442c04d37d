package io.github.gitcredentialpat.install;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.io.InputStream;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packages in target/packages: what is in them, and how they behave where they are installed.
 * They are of a native image where one was built, else of a Java runtime.
 */
@Tag("all")
final class PackageIT {
  private static final List<String> KINDS = List.of(".deb", ".rpm", ".tar.gz", ".zip");
  private static final long MEGABYTE = 1_000_000;

  @TempDir Path folder;
  private Packages packages;

  @BeforeEach
  void packagesAreThere() throws IOException {
    packages = new Packages(folder);
  }

  @Test
  void theDebianPackageIsSmall() throws Exception {
    if (Packages.NATIVE) {
      assertThat(Files.size(Packages.only(".deb"))).isLessThanOrEqualTo(11 * MEGABYTE);
      return;
    }
    String java = Files.readString(Path.of("target/image/runtime/release"));
    // An older Java's runtime is larger.
    Requires.present(java.contains("JAVA_VERSION=\"25"), "a JDK 25 that made the packages");
    assertThat(Files.size(Packages.only(".deb"))).isLessThanOrEqualTo(25 * MEGABYTE);
  }

  @ParameterizedTest
  @ValueSource(strings = {".deb", ".rpm", ".tar.gz"})
  void everyFileIsRootsAndNobodyElseMayWriteIt(String kind) throws Exception {
    String listed =
        switch (kind) {
          case ".deb" -> packages.run("dpkg-deb", "--contents", Packages.only(kind).toString());
          case ".rpm" -> packages.run("rpm", "-qplv", Packages.only(kind).toString());
          default -> packages.run("tar", "-tvzf", Packages.only(kind).toString());
        };
    assertThat(listed.lines())
        .hasSizeGreaterThan(40)
        .allMatch(line -> line.matches("(l.{9}|[-d].{4}-.{2}-.)\\s.*"))
        .allMatch(line -> line.matches("\\S+\\s+(\\d+\\s+)?(root[/ ]+root|0/0)\\s.*"));
  }

  @Test
  void needsGitAndTheLibrariesOfTheSystemThatItIsLinkedWithAndNothingElse() throws Exception {
    Path unpacked = folder.resolve("unpacked");
    packages.run("dpkg-deb", "--extract", Packages.only(".deb").toString(), unpacked.toString());
    TreeSet<String> wanted = new TreeSet<>();
    Set<String> own = new TreeSet<>();
    int newest = 0;
    int programs = 0;
    try (Stream<Path> files = Files.walk(unpacked)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        own.add(file.getFileName().toString());
        if (!isProgram(file)) {
          continue;
        }
        programs++;
        packages
            .run("objdump", "-p", file.toString())
            .lines()
            .filter(line -> line.contains("NEEDED"))
            .forEach(line -> wanted.add(line.replaceAll(".*NEEDED\\s+", "")));
        Matcher version =
            Pattern.compile("GLIBC_2\\.(\\d+)")
                .matcher(packages.run("objdump", "-T", file.toString()));
        while (version.find()) {
          newest = Math.max(newest, Integer.parseInt(version.group(1)));
        }
      }
    }
    assertThat(programs).isGreaterThan(Packages.NATIVE ? 1 : 8);
    wanted.removeAll(own);
    boolean zlib = Packages.NATIVE && wanted.remove("libz.so.1");
    assertThat(wanted)
        .isNotEmpty()
        .allMatch(
            library -> library.matches("(libc|libm|libdl|libpthread|librt|ld-linux.*)\\.so\\.\\d"));
    assertThat(packages.run("dpkg-deb", "--field", Packages.only(".deb").toString(), "Depends"))
        .isEqualTo("git, libc6 (>= 2." + newest + ")" + (zlib ? ", zlib1g" : "") + "\n");
    List<String> rpm = new ArrayList<>();
    rpm.addAll(List.of("git-core", "libc.so.6(GLIBC_2." + newest + ")(64bit)"));
    rpm.addAll(zlib ? List.of("libz.so.1()(64bit)") : List.of());
    assertThat(packages.run("rpm", "-qpR", Packages.only(".rpm").toString()).lines())
        .filteredOn(line -> !line.startsWith("rpmlib(") && !line.equals("/bin/sh"))
        .containsExactlyInAnyOrderElementsOf(rpm);
  }

  /** Nothing is made where a native image is installed, and so nothing can be stale there. */
  @Test
  void scriptsRunOnlyWhereArchivesAreMade() throws Exception {
    Path control = folder.resolve("control");
    packages.run("dpkg-deb", "--control", Packages.only(".deb").toString(), control.toString());
    assertThat(control.resolve("postinst").toFile().exists()).isEqualTo(!Packages.NATIVE);
    assertThat(control.resolve("prerm").toFile().exists()).isEqualTo(!Packages.NATIVE);
    assertThat(packages.run("rpm", "-qp", "--scripts", Packages.only(".rpm").toString()).isEmpty())
        .isEqualTo(Packages.NATIVE);
    assertThat(
            packages
                .run("dpkg-deb", "--field", Packages.only(".deb").toString(), "Description")
                .contains("Java"))
        .isEqualTo(!Packages.NATIVE);
  }

  @Test
  void lintianFindsNoFault() throws Exception {
    // It leaves files where temporary ones go.
    String temporary = "TMPDIR=" + Files.createDirectory(folder.resolve("lintian"));
    String[] lintian = {"env", temporary, "lintian", "--allow-root", "--fail-on", "error"};
    List<String> command = new ArrayList<>(List.of(lintian));
    command.add(Packages.only(".deb").toString());
    assertThat(packages.run(command.toArray(String[]::new))).doesNotContain("E: ");
  }

  @Test
  void theSameInputMakesTheSameBytesWhoeverBuilds() throws Exception {
    // Elsewhere, with newer files that are open to a group, and as somebody else where that can be.
    Path project = Files.createDirectory(folder.resolve("another place"));
    for (String part : List.of("helper", "CHANGELOG.md", "LICENSE", Packages.IMAGE.toString())) {
      packages.run("cp", "-R", "-P", part, project.toString());
    }
    packages.run("chmod", "-R", "g+w", project.toString());
    Path again = Files.createDirectory(folder.resolve("packages"));
    List<String> builder = new ArrayList<>(List.of("sh", "-c", "umask 002; exec \"$@\"", "sh"));
    if (Packages.isRoot()) {
      packages.run("chmod", "-R", "a+rX", folder.toString());
      packages.run("chmod", "a+rwx", again.toString());
      builder.addAll(List.of("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"));
    }
    packages.pack(
        packages.packing(builder, project, project.resolve(Packages.IMAGE.getFileName()), again));
    Path first = Files.createDirectory(folder.resolve("first"));
    packages.pack(packages.packing(Packages.IMAGE, first));
    for (String kind : KINDS) {
      assertThat(Files.mismatch(Packages.only(again, kind), Packages.only(first, kind)))
          .as(kind)
          .isEqualTo(-1);
    }
    assertThat(again.resolve("SHA256SUMS")).hasSameTextualContentAs(first.resolve("SHA256SUMS"));
  }

  @Test
  void aNativeImageIsPackedWithoutJava() throws Exception {
    // It stands in for what GraalVM makes, which takes zlib from the system.
    Path source = folder.resolve("image.c");
    Files.writeString(source, "#include <zlib.h>\nint main(void) { return !zlibVersion(); }\n");
    Path image = folder.resolve("native");
    Files.createDirectories(image.resolve("bin"));
    Files.createDirectory(image.resolve("licenses"));
    Files.copy(Path.of("helper/packages/copyright"), image.resolve("licenses/copyright"));
    String program = image.resolve("bin/git-credential-pat").toString();
    packages.run("gcc", "-o", program, source.toString(), "-lz");
    Path packed = Files.createDirectory(folder.resolve("packed"));
    packages.pack(packages.packing(image, packed, "deb", "rpm"));
    String deb = Packages.only(packed, ".deb").toString();
    assertThat(packages.run("dpkg-deb", "--field", deb, "Depends"))
        .matches("git, libc6 \\(>= 2\\.\\d+\\), zlib1g\n");
    assertThat(packages.run("dpkg-deb", "--contents", deb))
        .contains("/program/git-credential-pat\n", "doc/git-credential-pat/copyright")
        .doesNotContain("/runtime/", ".jar", "lib/git-credential-pat/licenses");
    assertThat(packages.run("rpm", "-qpR", Packages.only(packed, ".rpm").toString()))
        .contains("libz.so.1()(64bit)");
    packages.run("gcc", "-shared", "-o", folder + "/libstrange.so", source.toString());
    packages.run(
        "gcc",
        "-o",
        program,
        source.toString(),
        "-lz",
        "-Wl,--no-as-needed",
        folder + "/libstrange.so");
    Script.Result strange = packages.tools.run("", packages.packing(image, packed, "deb"));
    assertThat(strange.status()).isNotZero();
    assertThat(strange.err()).contains("libstrange.so, of which no package is known");
  }

  @Test
  void theChecksumsAreThoseOfThePackages() throws Exception {
    assertThat(
            packages
                .run(
                    "sh",
                    "-c",
                    "cd \"$1\" && sha256sum --check SHA256SUMS",
                    "sh",
                    Packages.MADE.toString())
                .lines())
        .as("the packages and *.cdx.json, which Maven only makes online")
        .hasSize(KINDS.size() + 1)
        .allMatch(line -> line.endsWith(": OK"));
  }

  @Test
  void theManualShowsWhatIsTypedAsItIsTyped() throws Exception {
    Path unpacked = folder.resolve("unpacked");
    packages.run("dpkg-deb", "--extract", Packages.only(".deb").toString(), unpacked.toString());
    String pages = unpacked + "/usr/share/man/man1/";
    String exec = packages.run("man", "--local-file", pages + "git-credential-pat-exec.1.gz");
    // No dash in place of two hyphens, and no emphasis from one underscore to the next.
    assertThat(exec).contains("exec contoso -- az devops", "CARGO_REGISTRIES_..._TOKEN");
    String program = packages.run("man", "--local-file", pages + "git-credential-pat.1.gz");
    assertThat(program)
        .contains("[--store=NAME,...] [--timeout=TIME]", "GIT_CREDENTIAL_PAT_PASSPHRASE_FILE");
  }

  @Test
  void allThatComesAlongHasItsLicense() throws Exception {
    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
    packages.run(
        "tar",
        "-xzf",
        Packages.only(".tar.gz").toString(),
        "-C",
        unpacked.toString(),
        "--strip-components=1");
    assertThat(unpacked.resolve("licenses/LICENSE")).hasSameTextualContentAs(Path.of("LICENSE"));
    if (!Packages.NATIVE) {
      assertThat(unpacked.resolve("runtime/legal/java.base/LICENSE"))
          .content()
          .containsIgnoringCase("GNU General Public License");
    }
    try (Stream<Path> jars =
        Files.list(Packages.NATIVE ? Path.of("target/lib") : unpacked.resolve("lib"))) {
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

  /** Whether a file is a program or a library of this system. */
  private static boolean isProgram(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4), ISO_8859_1).equals("\u007fELF");
    }
  }
}
