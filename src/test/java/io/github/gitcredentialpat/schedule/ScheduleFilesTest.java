package io.github.gitcredentialpat.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.testing.Requires;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

/** What each scheduler reads, as its own rules want it, for a program with a difficult name. */
final class ScheduleFilesTest {
  private static final String FOLDER = "it's \"here\" & 100% <ü> $HOME \\n";
  private static final String SETTING = "a 'b' \"c\" %d $PATH & \\e";

  @TempDir Path folder;
  private Path noted;
  private DailyCommand command;

  @BeforeEach
  void install() throws Exception {
    noted = folder.resolve("noted");
    Path program = Files.createDirectories(folder.resolve(FOLDER)).resolve("git-credential-pat");
    Files.writeString(
        program,
        "#!/bin/sh\nprintf '%s|' \"$GIT_CREDENTIAL_PAT_CLIENT_ID\" \"$@\" >'" + noted + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    command =
        DailyCommand.renewal(
            program,
            new Environment(
                Map.of("GIT_CREDENTIAL_PAT_CLIENT_ID", SETTING, "HOME", folder.toString()),
                false,
                new Deadline()));
  }

  private InputStream resource(String name) {
    return Objects.requireNonNull(ScheduleFilesTest.class.getResourceAsStream(name));
  }

  /** Throws whatever a parser complains of. */
  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException problem) throws SAXParseException {
      throw problem;
    }

    @Override
    public void error(SAXParseException problem) throws SAXParseException {
      throw problem;
    }

    @Override
    public void fatalError(SAXParseException problem) throws SAXParseException {
      throw problem;
    }
  }

  private static String all(Document document, String element) {
    NodeList nodes = document.getElementsByTagName(element);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return String.join("|", texts);
  }

  @Test
  void theLineOfCronRunsTheProgramWithItsVariables() throws Exception {
    String line = CronTable.line(command);
    assertThat(line).matches("\\d{1,2} (9|1[0-6]) \\* \\* \\* .*");
    // crontab(5): a percent sign that no backslash precedes is a line feed; the rest goes to sh.
    String shell = line.split(" ", 6)[5];
    assertThat(shell.replace("\\%", "")).doesNotContain("%");
    Process process =
        new ProcessBuilder("/bin/sh", "-c", shell.replace("\\%", "%")).inheritIO().start();
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(noted)).isEqualTo(SETTING + "|renew|--if-left|14|");
  }

  @Test
  void theUnitOfSystemdIsGoodAndRunsTheProgramWithItsVariables() throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    Requires.present(Files.isExecutable(analyze), "systemd-analyze (Debian: systemd)");
    Path service = folder.resolve("renewal.service");
    String unit = SystemdTimer.service(command);
    Files.writeString(service, unit);
    Files.writeString(folder.resolve("renewal.timer"), SystemdTimer.timer());
    ProcessBuilder builder =
        new ProcessBuilder(
                analyze.toString(),
                "--user",
                "verify",
                service.toString(),
                folder.resolve("renewal.timer").toString())
            .redirectErrorStream(true);
    builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).doesNotContain("renewal.");

    ProcessBuilder started = new ProcessBuilder(words(setting(unit, "ExecStart="), true));
    String variable = words(setting(unit, "Environment="), false).get(0);
    int equals = variable.indexOf('=');
    started.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
    assertThat(started.inheritIO().start().waitFor()).isZero();
    assertThat(Files.readString(noted)).isEqualTo(SETTING + "|renew|--if-left|14|");
  }

  private static String setting(String unit, String key) {
    return unit.lines()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .orElseThrow()
        .substring(key.length());
  }

  /**
   * The words of a setting as systemd takes them apart: quotation marks and backslashes first
   * (systemd.syntax(7)), then specifiers (systemd.unit(5)), and in a command line at last variables
   * (systemd.service(5)); of the last two only the sign itself, doubled, stands in ours.
   */
  private static List<String> words(String text, boolean hasVariables) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        word.append(text.charAt(++i));
      } else if (quote != 0 ? c == quote : c == '"') {
        quote = quote == 0 ? c : 0;
      } else if (quote == 0 && c == ' ') {
        words.add(word.toString());
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    words.add(word.toString());
    words.replaceAll(each -> doubled(each, '%'));
    if (hasVariables) {
      words.replaceAll(each -> doubled(each, '$'));
    }
    return words;
  }

  private static String doubled(String word, char sign) {
    String once = word.replace("" + sign + sign, "\u0000");
    assertThat(once).doesNotContain("" + sign);
    return once.replace('\u0000', sign);
  }

  @Test
  void aUnitWithAPlainPathNeedsNoShell() {
    DailyCommand plain =
        new DailyCommand(Path.of("/opt/git-credential-pat"), List.of("renew"), Map.of(), 0);
    assertThat(SystemdTimer.service(plain))
        .contains("ExecStart=\"/opt/git-credential-pat\" \"renew\"\n");
  }

  @Test
  void thePropertyListIsOneAndRunsTheProgramWithItsVariables() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setValidating(true);
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(new Strict());
    builder.setEntityResolver(
        (publicId, systemId) -> {
          assertThat(systemId).isEqualTo("http://www.apple.com/DTDs/PropertyList-1.0.dtd");
          return new InputSource(resource("PropertyList-1.0.dtd"));
        });
    Document list = builder.parse(new InputSource(new StringReader(LaunchAgent.plist(command))));
    assertThat(all(list, "key"))
        .isEqualTo(
            "Label|ProgramArguments|EnvironmentVariables|GIT_CREDENTIAL_PAT_CLIENT_ID|ProcessType"
                + "|StartCalendarInterval|Hour|Minute");
    assertThat(all(list, "string"))
        .isEqualTo(
            "io.github.gitcredentialpat.renew|"
                + command.program()
                + "|renew|--if-left|14|"
                + SETTING
                + "|Background");
    assertThat(all(list, "integer")).matches("(9|1[0-6])\\|\\d{1,2}");
  }

  @Test
  void theTaskFollowsItsSchema() throws Exception {
    String task = TaskScheduler.task(command, "DESK\\alice & bob");
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(new StreamSource(resource("task.xsd")))
        .newValidator()
        .validate(new StreamSource(new StringReader(task)));
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(task)));
    assertThat(all(document, "Command")).isEqualTo(command.program().toString());
    assertThat(all(document, "Arguments")).isEqualTo("renew --if-left 14 --unattended");
    assertThat(all(document, "UserId")).isEqualTo("DESK\\alice & bob");
  }

  @Test
  void aProxysPasswordIsNotHandedOn() {
    Environment surroundings =
        new Environment(
            Map.of(
                "https_proxy", "http://alice:secret@proxy:3128",
                "http_proxy", "http://alice:secret@proxy:3128",
                "ALL_PROXY", "alice:secret@proxy:3128",
                "no_proxy", "localhost",
                "PATH", "/opt/node@20/bin",
                "AZURE_DEVOPS_ENTRA_TOKEN", "secret",
                "HOME", folder.toString()),
            false,
            new Deadline());
    assertThat(DailyCommand.renewal(folder, surroundings).variables())
        .isEqualTo(Map.of("no_proxy", "localhost", "PATH", "/opt/node@20/bin"));
    assertThat(DailyCommand.withPasswords(surroundings))
        .containsExactly("https_proxy", "ALL_PROXY");
  }

  @Test
  void whereKeysAndSignInsLieIsHandedOn() {
    Map<String, String> variables =
        Map.of(
            "AZURE_CONFIG_DIR", "/srv/azure",
            "GNUPGHOME", "/srv/gnupg",
            "PASSWORD_STORE_SIGNING_KEY", "0".repeat(40));
    Environment surroundings = new Environment(variables, false, new Deadline());
    assertThat(DailyCommand.renewal(folder, surroundings).variables()).isEqualTo(variables);
  }

  @Test
  void theUnitOfSystemdHasTheBusOfEachSession() {
    Map<String, String> variables =
        Map.of(
            "DBUS_SESSION_BUS_ADDRESS", "unix:path=/tmp/dbus-of-today",
            "XDG_RUNTIME_DIR", "/run/user/1",
            "XDG_STATE_HOME", "/var/tmp/state");
    DailyCommand withBus =
        new DailyCommand(Path.of("/opt/git-credential-pat"), List.of("renew"), variables, 0);
    assertThat(SystemdTimer.service(withBus))
        .contains("XDG_STATE_HOME")
        .doesNotContain("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR");
  }
}
