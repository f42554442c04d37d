package io.github.gitcredentialpat.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The runtime image and its launcher, when things are not as they were when it was made. */
final class ImageIT {
  private static final Path IMAGE = Path.of("target/image").toAbsolutePath();
  private static final Path LAUNCHER = IMAGE.resolve("bin/git-credential-pat");
  private static final String FOR_COMMANDS =
      "(picocli|com\\.fasterxml|org\\.slf4j|java\\.net\\.http)\\..*";
  private static final String REQUEST = "protocol=https\nhost=dev.azure.com\n\n";
  private static final String GREETING = "version 0\n";

  /**
   * One of them saves Java's generator of random numbers: more classes, and twelve system calls.
   */
  private static final int CLASSES_OF_A_GET = 39;

  @TempDir Path folder;
  private Path workTree;
  private Script git;

  @BeforeEach
  void cloneSomething() throws IOException {
    Requires.present(Files.exists(IMAGE), IMAGE + " (mvn verify makes it)");
    workTree = Files.createDirectory(folder.resolve("work tree"));
    git = new Script(Files.createDirectory(folder.resolve("home")), workTree);
  }

  @ParameterizedTest
  @ValueSource(strings = {"capability", "get", "store", "--help", "list --json"})
  void startsFromAnArchiveOfItsOwn(String words) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", launcherWith("-Xshare:on")));
    command.addAll(List.of(words.split(" ")));
    // With -Xshare:on Java refuses to start without a fitting archive.
    Script.Result result = git.run(REQUEST, command);
    assertThat(result.status()).as(result.toString()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "get, app",
    "--store file erase, app",
    "capability, app",
    "--store secretservice store, store",
    "stores, commands",
    "list --store file, commands",
    "--store=store list, commands",
    "--help, commands",
    "'', commands"
  })
  void eachWordHasItsArchive(String words, String archive) throws Exception {
    Path image = folder.resolve("image");
    Path java = image.resolve("runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.createDirectory(image.resolve("bin"));
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    for (String name : List.of("app", "store", "commands")) {
      Files.createFile(image.resolve(name + ".jsa"));
    }
    Path launcher = image.resolve("bin/git-credential-pat");
    Files.writeString(launcher, Files.readString(LAUNCHER).replace(IMAGE.toString(), "/gone"));
    List<String> command = new ArrayList<>(List.of("sh", launcher.toString()));
    command.addAll(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    // Something of that name in the environment is no word of the command line.
    assertThat(git.with("word", "get").run("", command).out().lines())
        .contains("-XX:SharedArchiveFile=" + image + "/" + archive + ".jsa");
    if (!archive.equals("app")) {
      Files.delete(image.resolve(archive + ".jsa"));
      assertThat(git.run("", command).out().lines())
          .contains("-XX:SharedArchiveFile=" + image + "/app.jsa");
    }
  }

  @Test
  void anOperationLoadsNothingThatOnlyCommandsNeed() throws Exception {
    assertThat(loadedBy("get")).noneMatch(line -> line.matches(FOR_COMMANDS));
    assertThat(loadedBy("list")).anyMatch(line -> line.matches(FOR_COMMANDS));
  }

  @Test
  void commandsFindTheirClassesInTheArchive() throws Exception {
    for (String words : List.of("--help", "list", "list --json", "stores --json")) {
      List<String> loaded = loadedBy(words.split(" "));
      loaded.removeIf(line -> !line.contains("source: file:"));
      assertThat(loaded).as(words).isEmpty();
    }
  }

  @Test
  void tellsItsVersionItsCommitAndItsJava() throws Exception {
    Script.Result result = git.run("", List.of(LAUNCHER.toString(), "--version"));
    String java = Files.readString(IMAGE.resolve("runtime/release"));
    Matcher version = Pattern.compile("JAVA_VERSION=\"([^\"]+)\"").matcher(java);
    assertThat(version.find()).isTrue();
    // Sources that were unpacked from an archive know of no commit.
    String commit = Files.exists(Path.of(".git")) ? "[0-9a-f]{9,40}" : "unknown";
    assertThat(result.out().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("git-credential-pat \\d+\\.\\d+\\.\\d+.*"))
        .anyMatch(line -> line.matches("commit " + commit))
        .anyMatch(
            line ->
                line.matches("Java runtime, .* VM " + Pattern.quote(version.group(1)) + "[+.-].*"));
  }

  @Test
  void aStaleArchiveCostsOnlyTime() throws Exception {
    Path image = folder.resolve("moved image");
    copy(image);
    Path archive = image.resolve("app.jsa");
    byte[] good = Files.readAllBytes(archive);
    assertAnswers(image);

    for (Path jar : List.of(image.resolve("lib/git-credential-pat.jar"))) {
      Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
    }
    assertAnswers(image);

    try (FileChannel channel = FileChannel.open(archive, WRITE)) {
      channel.truncate(good.length / 3);
    }
    assertAnswers(image);

    byte[] garbage = new byte[good.length];
    new Random(1).nextBytes(garbage);
    Files.write(archive, garbage);
    assertAnswers(image);

    // A head from somewhere else on an otherwise good archive.
    Files.write(archive, good);
    try (FileChannel channel = FileChannel.open(archive, WRITE)) {
      channel.write(ByteBuffer.wrap(garbage, 0, 64));
    }
    assertAnswers(image);

    Files.write(archive, new byte[0]);
    assertAnswers(image);

    Files.delete(archive);
    assertAnswers(image);
  }

  @Test
  void nothingInTheEnvironmentOrTheWorkTreeIsHeard() throws Exception {
    for (String name : List.of(".hotspotrc", ".hotspot_compiler", "jvm.options", "-XX:Flags=")) {
      Files.writeString(workTree.resolve(name), "+PrintVMOptions\n");
    }
    git.with("JAVA_TOOL_OPTIONS", "-Dloud=1")
        .with("_JAVA_OPTIONS", "-Dloud=1")
        .with("JDK_JAVA_OPTIONS", "-showversion")
        .with("_JAVA_LAUNCHER_DEBUG", "1")
        .with("CLASSPATH", workTree.toString())
        .with("LC_ALL", "POSIX");
    assertAnswers(IMAGE);
  }

  @Test
  void runsThroughALinkFromAFolderThatWasMoved() throws Exception {
    Path image = folder.resolve("mövéd & 'quoted'");
    copy(image);
    Path link = folder.resolve("git-credential-pat");
    Files.createSymbolicLink(link, image.resolve("bin/git-credential-pat"));
    // The folder that is written in the launcher is gone.
    Path launcher = image.resolve("bin/git-credential-pat");
    Files.writeString(
        launcher, Files.readString(launcher).replace(IMAGE.toString(), folder + "/gone"));
    Script.Result result = git.run("", List.of(link.toString(), "capability"));
    assertThat(result.out()).as(result.toString()).startsWith(GREETING);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void gitIsSetUpToCallTheLinkThroughWhichItWasCalled() throws Exception {
    Path link = Files.createDirectory(folder.resolve("it's $here")).resolve("git-credential-pat");
    Files.createSymbolicLink(link, IMAGE.resolve("bin/git-credential-pat"));
    // By its name on the PATH, as a person types it.
    git.with("PATH", link.getParent() + ":" + System.getenv("PATH"));
    Script.Result configured = git.run("", List.of("sh", "-c", "git-credential-pat configure"));
    assertThat(configured.status()).as(configured.toString()).isZero();
    Script.Result helper =
        git.run(
            "", List.of("git", "config", "--global", "credential.https://dev.azure.com.helper"));
    assertThat(helper.out())
        .isEqualTo(link.toString().replace("it's $here", "it\\'s\\ \\$here") + "\n");
  }

  /** As on machines that many people share. */
  @ParameterizedTest
  @ValueSource(strings = {"get", "store", "--help", "list", "stores --json"})
  void startsWhereAddressSpaceIsShort(String words) throws Exception {
    for (String archive : List.of("", "-Xshare:off")) {
      String run = "ulimit -v 1000000; sh '" + launcherWith(archive) + "' --store file " + words;
      Script.Result result = git.run(REQUEST, List.of("sh", "-c", run));
      assertThat(result.status()).as(result.toString()).isZero();
    }
  }

  /** A get that waits for its request. */
  private Process startGet(Path out, Path err) throws Exception {
    Process get =
        git.start(List.of(IMAGE + "/bin/git-credential-pat", "--store", "file", "get"), out, err);
    Path executable = IMAGE.resolve("runtime/bin/java").toRealPath();
    while (!get.info().command().orElse("").equals(executable.toString())) {
      assertThat(get.isAlive()).isTrue();
      Thread.sleep(20);
    }
    Thread.sleep(500);
    return get;
  }

  /** Java answers Ctrl-\ with a list of its threads, which git must not take for an answer. */
  @Test
  void aListOfThreadsIsNoPartOfTheAnswer() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process get = startGet(out, err);
    // From when on Java handles the signal.
    Path status = Path.of("/proc", Long.toString(get.pid()), "status");
    while (!Files.readString(status).matches("(?s).*\nSigCgt:\t[0-9a-f]*[4-7c-f]\n.*")) {
      Thread.sleep(20);
    }
    assertThat(git.run("", List.of("kill", "-QUIT", Long.toString(get.pid()))).status()).isZero();
    Thread.sleep(500);
    try (OutputStream request = get.getOutputStream()) {
      request.write(REQUEST.getBytes(UTF_8));
    }
    assertThat(get.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(get.exitValue()).isZero();
    assertThat(out).isEmptyFile();
    assertThat(Files.readString(err)).contains("thread dump");
  }

  @Test
  void aCrashLeavesNothingBehind() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process get = startGet(out, err);
    assertThat(git.run("", List.of("kill", "-SEGV", Long.toString(get.pid()))).status()).isZero();
    assertThat(get.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(get.exitValue()).isNotZero();
    assertThat(out).isEmptyFile();
    assertThat(workTree).isEmptyDirectory();
    assertThat(Path.of("/tmp/hs_err_pid" + get.pid() + ".log")).doesNotExist();
  }

  /**
   * Each class costs time at each fetch. Who needs one more for a get raises the number, and knows
   * then why.
   */
  @Test
  void aGetLoadsNoMoreOfOursThanItNeeds() throws Exception {
    String place = "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n";
    String launcher = launcherWith("-Xshare:off '-Xlog:class+load:file=" + folder + "/log:none'");
    git.run(
        place + "username=pat\npassword=throw-away\n",
        List.of(LAUNCHER.toString(), "--store", "file", "store"));

    Script.Result get = git.run(place, List.of("sh", launcher, "--store", "file", "get"));

    assertThat(get.out()).contains("password=throw-away");
    assertThat(Files.readAllLines(folder.resolve("log")))
        .filteredOn(line -> line.startsWith("io.github.gitcredentialpat."))
        .hasSizeBetween(20, CLASSES_OF_A_GET);
  }

  /** What Java says of each class that it loads. */
  private List<String> loadedBy(String... words) throws Exception {
    Path log = folder.resolve("classes");
    List<String> command = new ArrayList<>();
    command.add("sh");
    command.add(launcherWith("-Xlog:class+load:file='" + log + "':none"));
    command.addAll(List.of(words));
    Script.Result result = git.run(REQUEST, command);
    assertThat(result.status()).as(result.toString()).isZero();
    return new ArrayList<>(Files.readAllLines(log));
  }

  /** A launcher of the image that gives Java one more option. */
  private String launcherWith(String option) throws IOException {
    Path launcher = folder.resolve("launcher");
    String text = Files.readString(LAUNCHER);
    Files.writeString(launcher, text.replace("\"$archive\"", "\"$archive\" " + option));
    return launcher.toString();
  }

  private void assertAnswers(Path image) throws Exception {
    Script.Result result =
        git.run("", List.of(image.resolve("bin/git-credential-pat").toString(), "capability"));
    assertThat(result.status()).as(result.toString()).isZero();
    assertThat(result.out()).startsWith(GREETING);
    assertThat(result.err()).isEmpty();
  }

  /** Copies the image, its launcher naming the new folder. */
  private void copy(Path to) throws Exception {
    assertThat(git.run("", List.of("cp", "-a", IMAGE.toString(), to.toString())).status()).isZero();
    Path launcher = to.resolve("bin/git-credential-pat");
    try (Stream<String> lines = Files.lines(launcher)) {
      List<String> named =
          lines.map(line -> line.startsWith("home='") ? "home=\"" + to + "\"" : line).toList();
      Files.write(launcher, named);
    }
  }
}
