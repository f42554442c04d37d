package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Windows installer's package, installed, upgraded and removed in Wine, with something else in
 * the place of java.exe.
 */
@Tag("all")
@Tag("slow")
final class WindowsPackageTest {
  private static final Path INSTALLED =
      Path.of("target/wine/prefix/drive_c/Program Files/git-credential-pat").toAbsolutePath();
  private static final Path IMAGE = INSTALLED.resolve("lib/git-credential-pat/image");
  private static final String PLACE =
      "C:/Program Files/git-credential-pat/lib/git-credential-pat/image";

  @TempDir Path folder;

  @Test
  void isInstalledUpgradedAndRemoved() throws Exception {
    Requires.present(
        CSources.isOnPath("wixl") && CSources.isOnPath("msibuild"), "wixl and msitools");
    Path image = makeAnImage();
    Path first = makePackage(image, "1.2.0");
    Files.writeString(image.resolve("lib/slf4j-api-2.0.0.jar"), "jar");
    Path second = makePackage(image, "1.3.0-SNAPSHOT");
    Wine wine = new Wine();
    try {
      install(wine, "/i", first);
      assertThat(INSTALLED.resolve("bin/git-credential-pat.cmd")).exists();
      assertThat(path(wine)).contains("C:\\Program Files\\git-credential-pat\\bin");
      assertThat(IMAGE.resolve("place")).hasContent(PLACE);
      assertThat(Files.readAllLines(IMAGE.resolve("app.jsa")))
          .contains(
              "@" + PLACE + "/jvm.options",
              PLACE + "/lib/git-credential-pat.jar;" + PLACE + "/lib/jna-5.0.0.jar",
              "get");

      install(wine, "/i", second);
      String below =
          "C:\\Program Files\\git-credential-pat\\bin\\..\\lib\\git-credential-pat\\image";
      assertThat(Files.readAllLines(IMAGE.resolve("commands.jsa")))
          .contains(
              below
                  + "\\lib\\git-credential-pat.jar;"
                  + below
                  + "\\lib\\jna-5.0.0.jar;"
                  + below
                  + "\\lib\\slf4j-api-2.0.0.jar",
              "list");
      assertThat(gitsLauncher())
          .contains(
              "@" + PLACE + "/jvm.options",
              "-XX:SharedArchiveFile=" + PLACE + "/app.jsa",
              "-Dgit-credential-pat.launcher=C:/Program Files/git-credential-pat"
                  + "/bin/git-credential-pat",
              PLACE
                  + "/lib/git-credential-pat.jar;"
                  + PLACE
                  + "/lib/jna-5.0.0.jar;"
                  + PLACE
                  + "/lib/slf4j-api-2.0.0.jar",
              "get");

      install(wine, "/x", second);
      // Wine leaves folders that only held folders.
      try (Stream<Path> left = Files.walk(INSTALLED)) {
        assertThat(left.filter(Files::isRegularFile)).isEmpty();
      }
      assertThat(path(wine)).doesNotContain("git-credential-pat");
    } finally {
      wine.stop();
    }
  }

  private Path makeAnImage() throws Exception {
    Path image = folder.resolve("image");
    Files.createDirectories(image.resolve("lib"));
    Path java = image.resolve("runtime/bin/java.exe");
    Files.createDirectories(java.getParent());
    Files.copy(CSources.windowsProgram(CSources.source("wine/write_archive.c"), "-municode"), java);
    for (String name : List.of("git-credential-pat.jar", "jna-5.0.0.jar", "jnidispatch.dll")) {
      Files.writeString(image.resolve("lib").resolve(name), name);
    }
    Files.copy(Path.of("helper/launcher/jvm.options"), image.resolve("jvm.options"));
    return image;
  }

  private Path makePackage(Path image, String version) throws Exception {
    Path made = folder.resolve(version + ".msi");
    run(
        "helper/packages/build-msi.sh",
        "--image",
        image.toString(),
        "--version",
        version,
        "--to",
        made.toString());
    return made;
  }

  private void install(Wine wine, String how, Path made) throws Exception {
    String file = "Z:" + made.toString().replace('/', '\\');
    Wine.Result result =
        wine.run(folder, Map.of(), List.of("msiexec", how, file, "/qn", "/norestart"));
    assertThat(result.status()).as(how + " " + file).isZero();
  }

  private String path(Wine wine) throws Exception {
    String key = "HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment";
    return wine.run(folder, Map.of(), List.of("reg", "query", key, "/v", "PATH")).output();
  }

  /** What it gives Java, on a system that sees Windows' folders elsewhere, as WSL does. */
  private List<String> gitsLauncher() throws Exception {
    Files.delete(IMAGE.resolve("runtime/bin/java.exe"));
    program(IMAGE.resolve("runtime/bin/java.exe"), "printf '%s\\n' \"$@\"");
    Path wslpath = Files.createDirectory(folder.resolve("bin")).resolve("wslpath");
    program(wslpath, "[ \"$2\" = '" + PLACE + "' ] && echo '" + IMAGE + "'");
    String output =
        run(
            "env",
            "PATH=" + wslpath.getParent() + ":/usr/bin:/bin",
            "sh",
            INSTALLED.resolve("bin/git-credential-pat").toString(),
            "get");
    return output.lines().toList();
  }

  private static void program(Path path, String line) throws Exception {
    Files.writeString(path, "#!/bin/sh\n" + line + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
