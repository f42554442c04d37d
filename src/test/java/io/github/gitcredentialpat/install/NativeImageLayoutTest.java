package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.jna.Native;
import io.github.gitcredentialpat.NativeMain;
import io.github.gitcredentialpat.NativeStandIn;
import io.github.gitcredentialpat.testing.CSources;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;
import picocli.CommandLine;

/**
 * What build-native.sh lays out, around a program that stands in for what GraalVM makes: the part
 * of it that is written in C, and the image's own entry on a Java runtime that is given no option.
 */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
final class NativeImageLayoutTest {
  private static final String JAVA = System.getProperty("java.home") + "/bin/java";
  private static final String WHERE = "protocol=https\nhost=dev.azure.com\npath=contoso/x\n";

  @TempDir private static Path folder;
  private static Path image;
  private final String token = UUID.randomUUID().toString().replace("-", "");
  private Script person;

  @BeforeAll
  static void layOut() throws Exception {
    Path jars = Files.createDirectory(folder.resolve("jars"));
    String classes =
        place(NativeStandIn.class) + File.pathSeparator + place(NativeMain.class).toString();
    for (Class<?> type :
        List.of(
            Native.class,
            CommandLine.class,
            ObjectMapper.class,
            JsonFactory.class,
            JsonProperty.class,
            LoggerFactory.class,
            SimpleLogger.class)) {
      Path jar = place(type);
      Files.copy(jar, jars.resolve(jar.getFileName()));
      classes += File.pathSeparator + jar;
    }
    Path binary =
        CSources.program(
            CSources.source("image/native_stand_in.c"),
            folder.resolve("binary"),
            "helper/launcher/native/start.c",
            "-DJAVA=\"" + JAVA + "\"",
            "-DCLASS_PATH=\"" + classes + "\"",
            "-DMAIN_CLASS=\"" + NativeStandIn.class.getName() + "\"");
    image = folder.resolve("an image & it's 'native'");
    List<String> command = new ArrayList<>();
    command.add(Path.of("helper/image/build-native.sh").toAbsolutePath().toString());
    command.addAll(List.of("--binary", binary.toString(), "--jars", jars.toString()));
    command.addAll(List.of("--java-home", System.getProperty("java.home")));
    command.addAll(List.of("--to", image.toString()));
    Script.Result built = new Script(folder, folder).run("", command);
    assertThat(built.status()).as(built.toString()).isZero();
  }

  @BeforeEach
  void comeNew(@TempDir Path home) {
    person = new Script(home, home).with("GIT_CREDENTIAL_PAT_STORE", "file");
  }

  @Test
  void keepsAndAnswers() throws Exception {
    assertThat(run(WHERE + "username=pat\npassword=" + token + "\n", "store").status()).isZero();
    Script.Result answer = run(WHERE, "get");
    assertThat(answer.out()).as(answer.toString()).contains("password=" + token + "\n");
    assertThat(answer.err()).isEmpty();
  }

  @Test
  void runsFromWhereItWasMovedTo() throws Exception {
    Path moved = Files.move(image, folder.resolve("moved"));
    try {
      Path link = folder.resolve("git-credential-pat");
      Files.createSymbolicLink(link, moved.resolve("bin/git-credential-pat"));
      // A native call, of the library in the folder.
      Script.Result listed = person.run("", List.of(link.toString(), "stores"));
      assertThat(listed.status()).as(listed.toString()).isZero();
      Script.Result configured = person.run("", List.of(link.toString(), "configure"));
      assertThat(configured.status()).as(configured.toString()).isZero();
      List<String> ask =
          List.of("git", "config", "--global", "credential.https://dev.azure.com.helper");
      assertThat(person.run("", ask).out()).isEqualTo(link + "\n");
    } finally {
      Files.move(moved, image);
    }
  }

  @Test
  void itsNativePartIsTheOneBesideIt() throws Exception {
    assertThat(run(WHERE + "username=pat\npassword=" + token + "\n", "store").status()).isZero();
    assertThat(run("", "exec", "contoso", "--", "true").status()).isZero();
    Path library = image.resolve("lib/libjnidispatch.so");
    Path away = Files.move(library, folder.resolve("libjnidispatch.so"));
    try {
      assertThat(run("", "exec", "contoso", "--", "true").status()).isNotZero();
    } finally {
      Files.move(away, library);
    }
  }

  @Test
  void whatExecRunsFindsAllAsItWas() throws Exception {
    assertThat(run(WHERE + "username=pat\npassword=" + token + "\n", "store").status()).isZero();
    Path program = folder.resolve("program");
    program(
        program,
        "printf '%s|' \"$@\" \"$LC_ALL\" \"$JAVA_TOOL_OPTIONS\" \"$(ulimit -n)\" \"$(ulimit -c)\"",
        "printf '%s' \"$AZURE_DEVOPS_EXT_PAT\"",
        "env | grep -c GIT_CREDENTIAL_PAT_WAS",
        "true");
    person.with("LC_ALL", "de_DE.UTF-8").with("JAVA_TOOL_OPTIONS", "");
    Script.Result result =
        person.run(
            "",
            List.of(
                "sh",
                "-c",
                "ulimit -S -n 321; ulimit -S -c \"$(ulimit -H -c)\"; exec \"$@\"",
                "sh",
                image.resolve("bin/git-credential-pat").toString(),
                "exec",
                "contoso",
                "--",
                program.toString(),
                "-Dfile.encoding=x",
                "-XX:MaxHeapSize=1"));
    assertThat(result.out())
        .as(result.toString())
        .isEqualTo("-Dfile.encoding=x|-XX:MaxHeapSize=1|de_DE.UTF-8||321|0|" + token + "0\n");
  }

  @Test
  void aClosedDescriptorLeadsNowhereAndAnOpenOneStays() throws Exception {
    Path in = Files.createFile(folder.resolve("in"));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    for (int closed = 0; closed < 8; closed++) {
      String[] words = {" <'" + in + "'", " >'" + out + "'", " 2>'" + err + "'"};
      String[] shut = {" <&-", " >&-", " 2>&-"};
      List<String> expected = new ArrayList<>(List.of("" + in, "" + out, "" + err));
      String redirections = "";
      for (int i = 0; i < 3; i++) {
        boolean isClosed = (closed >> i & 1) == 1;
        redirections += isClosed ? shut[i] : words[i];
        if (isClosed) {
          expected.set(i, "/dev/null");
        }
      }
      assertThat(report(":", redirections).subList(0, 3)).as(redirections).isEqualTo(expected);
    }
  }

  @Test
  void keepsNoCoreAndHandsOnTheLimitOfOpenFiles() throws Exception {
    assertThat(report("ulimit -S -n 321", "")).contains("core 0 0", "files 321");
  }

  @Test
  void whoWritesToAClosedPipeIsToldSo() throws Exception {
    assertThat(report(":", "")).contains("pipe EPIPE", "SIGPIPE handled");
    // By a caller, whose programs ignore it, too.
    assertThat(report("trap '' PIPE", "")).contains("pipe EPIPE", "SIGPIPE ignored");
  }

  @Test
  void whatItStartsAnswersInALocaleThatIsKnown() throws Exception {
    person.with("LC_ALL", "de_DE.UTF-8");
    assertThat(report(":", "")).contains("locale C.UTF-8, was de_DE.UTF-8");
  }

  @Test
  void knowsTheLinkThatItWasStartedByAndItsOwnFile() throws Exception {
    Path link = folder.resolve("a link");
    Files.createSymbolicLink(link, image.resolve("bin/git-credential-pat"));
    Path reported = folder.resolve("reported");
    person.with("PATH", folder + File.pathSeparator + System.getenv("PATH"));
    person.run("", List.of("sh", "-c", "'a link' report '" + reported + "'"));
    List<String> lines = Files.readAllLines(reported);
    assertThat(lines.subList(lines.size() - 2, lines.size()))
        .containsExactly(
            link.toString(), image.resolve("bin/git-credential-pat").toRealPath().toString());
  }

  @Test
  void theLicensesOfAllThatIsInItAreThere() {
    assertThat(image.resolve("licenses").toFile().list())
        .contains("LICENSE", "copyright")
        .anyMatch(name -> name.startsWith("jna-") && name.endsWith("LICENSE"))
        .anyMatch(name -> name.startsWith("jackson-databind-"))
        .anyMatch(name -> name.startsWith("slf4j-api-"));
  }

  private static Path place(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  private Script.Result run(String input, String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(image.resolve("bin/git-credential-pat").toString());
    command.addAll(List.of(words));
    return person.run(input, command);
  }

  /** How the program finds itself, started by a shell that does something before. */
  private List<String> report(String before, String redirections) throws Exception {
    Path reported = folder.resolve("reported");
    Files.deleteIfExists(reported);
    String line = before + "; exec \"$0\" report \"$1\"" + redirections;
    Path started = image.resolve("bin/git-credential-pat");
    Script.Result run =
        person.run("", List.of("sh", "-c", line, started.toString(), reported.toString()));
    assertThat(run.status()).as("%s: %s", line, run).isZero();
    return Files.readAllLines(reported);
  }

  private static void program(Path path, String... lines) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }
}
