package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/**
 * How the macOS package is put together, where something that only copies stands for Apple's two
 * programs; the workflow installs the real one.
 */
@DisabledOnOs(OS.WINDOWS)
final class MacOsPackageTest {
  @TempDir Path folder;
  private Path root;
  private Script script;

  @BeforeEach
  void build() throws Exception {
    Path programs = Files.createDirectory(folder.resolve("programs"));
    root = folder.resolve("root");
    program(
        programs.resolve("pkgbuild"),
        "printf '%s\\n' \"$@\" >'" + folder + "/pkgbuild'",
        "while [ $# -gt 1 ]; do",
        "  case $1 in",
        "    --root) cp -R -P \"$2\" '" + root + "' ;;",
        "    --scripts) cp -R \"$2\" '" + folder + "/scripts' ;;",
        "  esac",
        "  shift",
        "done",
        ": >\"$1\"");
    program(
        programs.resolve("productbuild"),
        "printf '%s\\n' \"$@\" >'" + folder + "/productbuild'",
        "[ -f \"$4/git-credential-pat.pkg\" ] || exit 7",
        "cp \"$2\" '" + folder + "/distribution.xml'",
        "for to; do :; done",
        ": >\"$to\"");
    Path image = Files.createDirectory(folder.resolve("image"));
    Files.createDirectory(image.resolve("bin"));
    program(image.resolve("bin/git-credential-pat"), "home='/elsewhere'", "echo \"$home\"");
    Files.createDirectory(image.resolve("runtime"));
    program(image.resolve("make-archives.sh"), "echo made");
    Files.createFile(image.resolve("app.jsa"));
    script =
        new Script(folder, Path.of("").toAbsolutePath())
            .with("PATH", programs + ":" + System.getenv("PATH"));
  }

  @Test
  void holdsTheImageItsLinkAndItsEnd() throws Exception {
    Script.Result built = make("--sign", "Developer ID Installer: Somebody");
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(folder.resolve("made.pkg")).exists();
    Path library = root.resolve("usr/local/lib/git-credential-pat");
    assertThat(library.resolve("app.jsa")).doesNotExist();
    assertThat(library.resolve("licenses/copyright")).exists();
    // The link leads to the launcher, which knows its place.
    Path link = root.resolve("usr/local/bin/git-credential-pat");
    assertThat(link.toRealPath()).isEqualTo(library.resolve("bin/git-credential-pat").toRealPath());
    assertThat(script.run("", List.of(link.toString())).out())
        .isEqualTo("/usr/local/lib/git-credential-pat\n");
    assertThat(folder.resolve("scripts/postinstall")).isExecutable();
    assertThat(script.run("", List.of(folder + "/scripts/postinstall")).status()).isZero();
    assertThat(Files.readAllLines(folder.resolve("pkgbuild")))
        .containsSequence("--identifier", "io.github.gitcredentialpat.git-credential-pat")
        .containsSequence("--version", "1.2.0");
    assertThat(Files.readAllLines(folder.resolve("productbuild")))
        .containsSequence("--sign", "Developer ID Installer: Somebody", "--timestamp");
    Document distribution =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.resolve("distribution.xml").toFile());
    assertThat(distribution.getElementsByTagName("pkg-ref").item(1).getTextContent())
        .isEqualTo("git-credential-pat.pkg");
    assertThat(Files.readString(folder.resolve("distribution.xml"))).doesNotContain("@");
  }

  @Test
  void aNativeImageIsAsItWasMadeAndNothingRunsAtTheEnd() throws Exception {
    Files.delete(folder.resolve("image/runtime"));
    Path program = folder.resolve("image/bin/git-credential-pat");
    byte[] made = {'\177', 'E', 'L', 'F', 0, (byte) 0xff, '\n', 'h', 'o', 'm', 'e', '=', '\n'};
    Files.write(program, made);
    assertThat(make().status()).isZero();
    assertThat(root.resolve("usr/local/lib/git-credential-pat/bin/git-credential-pat"))
        .isExecutable()
        .hasBinaryContent(made);
    assertThat(folder.resolve("scripts")).doesNotExist();
  }

  @Test
  void isRemovedWithoutWhatIsNotItsOwn() throws Exception {
    assertThat(make().status()).isZero();
    Path other = root.resolve("usr/local/bin/other");
    Files.createFile(other);
    Path uninstall = root.resolve("usr/local/lib/git-credential-pat/uninstall.sh");
    script.with("GIT_CREDENTIAL_PAT_ROOT", root.toString());
    Script.Result removed = script.run("", List.of(uninstall.toString()));
    assertThat(removed.status()).as(removed.toString()).isZero();
    assertThat(root.resolve("usr/local/lib").toFile().list()).isEmpty();
    assertThat(root.resolve("usr/local/bin").toFile().list()).containsExactly("other");
  }

  @Test
  void leavesALinkThatLeadsElsewhere() throws Exception {
    assertThat(make().status()).isZero();
    Path link = root.resolve("usr/local/bin/git-credential-pat");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("/somewhere/git-credential-pat"));
    script.with("GIT_CREDENTIAL_PAT_ROOT", root.toString());
    Path uninstall = root.resolve("usr/local/lib/git-credential-pat/uninstall.sh");
    assertThat(script.run("", List.of(uninstall.toString())).status()).isZero();
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  private Script.Result make(String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("helper/packages/build-pkg.sh", "--image", folder + "/image"));
    command.addAll(List.of("--version", "1.2.0", "--to", folder + "/made.pkg"));
    command.addAll(List.of(more));
    return script.run("", command);
  }

  private static void program(Path path, String... lines) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }
}
