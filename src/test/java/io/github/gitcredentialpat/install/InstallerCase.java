package io.github.gitcredentialpat.install;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A person with an empty home and a prefix that wants quoting, for the tests of the installer. */
abstract class InstallerCase {
  static final String SOMEBODY_ELSES =
      """
      [user]
      \tname = Ada
      [credential "https://dev.azure.com"]
      \thelper = /somewhere/else
      \tuseHttpPath = false
      [credential]
      \thelper = store
      """;

  final String organization = "org-" + UUID.randomUUID();
  final String token = UUID.randomUUID().toString();

  @TempDir Path folder;
  Path home;
  Path prefix;
  Script person;

  @BeforeEach
  void moveIn() throws IOException {
    home = Files.createDirectory(folder.resolve("ho me"));
    prefix = home.resolve("it's $here & ü");
    // Logs of what failed go there.
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    person = new Script(home, folder).with("TMPDIR", temporary.toString());
    Files.writeString(home.resolve(".gitconfig"), SOMEBODY_ELSES);
  }

  /** What GraalVM made, where it did, else something that does what it does. */
  Path nativeImage() throws IOException {
    Path made = Path.of(System.getProperty("packaged.image", "target/image")).toAbsolutePath();
    if (!Files.exists(made.resolve("runtime"))) {
      return made;
    }
    Path image = folder.resolve("native");
    if (!Files.exists(image)) {
      Path program = Files.createDirectories(image.resolve("bin")).resolve("git-credential-pat");
      // Java's launcher, whose runtime stays where it is.
      String launcher = Files.readString(made.resolve("bin/git-credential-pat"));
      Files.writeString(program, launcher.replace("\nhome=", "\n home="));
      assertThat(program.toFile().setExecutable(true)).isTrue();
      for (String name : List.of("pip", "nuget")) {
        Path frontends = Path.of("helper/frontends", name).toAbsolutePath();
        Path copy = Files.createDirectory(image.resolve(name));
        for (String file : frontends.toFile().list()) {
          Files.copy(frontends.resolve(file), copy.resolve(file), COPY_ATTRIBUTES);
        }
      }
    }
    return image;
  }

  Script.Result script(String name, String input, String... more) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of("install", name).toAbsolutePath().toString(),
                    "--prefix",
                    prefix.toString()),
                Stream.of(more))
            .toList();
    return person.run(input, command);
  }

  String request() {
    return "protocol=https\nhost=dev.azure.com\npath=" + organization + "/_git/code\n";
  }

  String fill() throws Exception {
    return git("fill", request()).out();
  }

  Script.Result git(String operation, String input) throws Exception {
    return person.run(input, List.of("git", "credential", operation));
  }

  List<Path> builds() throws IOException {
    try (Stream<Path> files = Files.list(prefix.resolve("lib/git-credential-pat"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("build.")).toList();
    }
  }
}
