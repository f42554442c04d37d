package io.github.gitcredentialpat.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packages in target/packages, and others that are packed quickly to compare with them. */
final class Packages {
  static final Path MADE = Path.of("target/packages").toAbsolutePath();
  static final Path JAVA = Path.of("target/image").toAbsolutePath();

  /** The image that is in them. */
  static final Path IMAGE =
      Path.of(System.getProperty("packaged.image", "target/image")).toAbsolutePath();

  static final boolean NATIVE = !IMAGE.equals(JAVA);

  private static final String OLDER = "0.0.1";

  private final Path folder;
  final Script tools;

  /**
   * Skips the test where they are not.
   *
   * @param folder an empty one
   */
  Packages(Path folder) throws IOException {
    this.folder = folder;
    Requires.present(
        Files.exists(MADE.resolve("SHA256SUMS")), MADE + " (mvn -Ppackages verify makes them)");
    for (String program : List.of("dpkg-deb", "rpm", "objdump", "lintian", "unzip", "man")) {
      Requires.present(CSources.isOnPath(program), program);
    }
    tools = new Script(Files.createDirectory(folder.resolve("home")), folder);
  }

  void pack(List<String> command) throws Exception {
    Script.Result result = tools.run("", command);
    assertThat(result.status()).as(result.toString()).isZero();
  }

  /** What packs an image quickly, with the script of this project. */
  List<String> packing(Path image, Path to, String... kinds) throws Exception {
    return packing(List.of(), Path.of("").toAbsolutePath(), image, to, kinds);
  }

  List<String> packing(List<String> builder, Path project, Path image, Path to, String... kinds)
      throws Exception {
    List<String> command = new ArrayList<>(builder);
    command.addAll(List.of(project.resolve("helper/packages/build-packages.sh").toString()));
    command.addAll(List.of("--image", image.toString(), "--version", OLDER, "--fast"));
    command.addAll(List.of("--documents", copyOfDocuments().toString()));
    command.addAll(List.of("--time", inPom("project.build.outputTimestamp")));
    command.addAll(List.of("--to", to.toString()));
    command.addAll(List.of(kinds));
    return command;
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

  static Path only(String kind) throws IOException {
    return only(MADE, kind);
  }

  /** The one package of its kind in a folder. */
  static Path only(Path folder, String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(kind)).toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Runs a program that is expected to work; returns what it printed. */
  String run(String... command) throws Exception {
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
