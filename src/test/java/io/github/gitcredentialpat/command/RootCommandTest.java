package io.github.gitcredentialpat.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.command.token.TokenCommand;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class RootCommandTest {
  private final Typed person = Typed.on(new InMemoryStore("memory"));

  /** Every command, and every command of a command. */
  private static List<CommandLine> all(CommandLine line) {
    return line.getSubcommands().values().stream()
        .flatMap(
            command ->
                command.getSubcommands().isEmpty()
                    ? java.util.stream.Stream.of(command)
                    : all(command).stream())
        .toList();
  }

  private static CommandLine line() {
    return new RootCommand(
            new ByteArrayInputStream(new byte[0]),
            new ByteArrayOutputStream(),
            new ByteArrayOutputStream(),
            Map.of())
        .line();
  }

  @Test
  void theHelpOfEveryCommandHasAnExampleOfIt() {
    for (CommandLine command : all(line())) {
      assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF).replace(":\n  ", ": "))
          .contains("Example: " + command.getCommandSpec().qualifiedName());
    }
  }

  @Test
  void everyExampleIsTakenAndStandsOnOneLine() throws Exception {
    int examples = 0;
    for (CommandLine command : all(line())) {
      String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
      for (String footer : command.getCommandSpec().usageMessage().footer()) {
        if (footer.startsWith("Example: ") || footer.startsWith("         ")) {
          String example = footer.substring("Example: ".length());
          assertIsTaken(example, words(example));
          assertThat(help).containsPattern(" " + Pattern.quote(example) + "\n");
          examples++;
        }
      }
    }
    assertThat(examples).isGreaterThan(25);
  }

  /** In a block of code, or between backquotes in a sentence. */
  @Test
  void everyCommandOfADocumentIsTaken() throws Exception {
    List<Path> documents = new ArrayList<>();
    for (String name : List.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")) {
      documents.add(Path.of(name));
    }
    try (Stream<Path> files = Files.list(Path.of("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    Pattern command = Pattern.compile("git-credential-pat( [^`\\n]*)");
    int found = 0;
    for (Path document : documents) {
      boolean isCode = false;
      for (String line : Files.readAllLines(document)) {
        isCode ^= line.startsWith("```");
        for (String part : isCode ? new String[] {line} : line.split("`")) {
          Matcher matcher = command.matcher(part);
          // A sentence may name the program as well; a command is all that a span holds.
          if ((isCode || part.matches("[^ ]*git-credential-pat .*|.* [|<$].*")) && matcher.find()) {
            String typed = matcher.group(1).replaceAll(" #.*|\\).*|\\[[^]]*]|….*", "");
            List<String> words = words("git-credential-pat" + typed);
            if (words.size() > 1) {
              assertIsTaken(document + ": " + line, words);
              found++;
            }
          }
        }
      }
    }
    assertThat(found).isGreaterThan(50);
  }

  private static void assertIsTaken(String example, List<String> words) throws Exception {
    assertThat(words.get(0)).as(example).isEqualTo("git-credential-pat");
    CommandLine.ParseResult parsed;
    try {
      parsed = line().parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new AssertionError(example, e);
    }
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    // Scopes and dates are words of their own.
    if (parsed.commandSpec().userObject() instanceof TokenCommand command) {
      command.checkArguments();
    }
  }

  @Test
  void everyScopeThatAHelpNamesIsTaken() {
    int found = 0;
    for (CommandLine command : all(line())) {
      for (String footer : command.getCommandSpec().usageMessage().footer()) {
        if (footer.startsWith("Scopes: ")) {
          String names = footer.substring("Scopes: ".length(), footer.indexOf(';'));
          assertThat(Scopes.parse(names).warnings()).isEmpty();
          found++;
        }
      }
    }
    assertThat(found).isEqualTo(2);
  }

  /** As a shell would hand them over, up to a pipe or redirection. */
  private static List<String> words(String example) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(example);
    while (matcher.find()) {
      String plain = matcher.group(3);
      if (plain != null && (plain.equals("|") || plain.startsWith(">"))) {
        return words;
      }
      words.add(
          plain != null ? plain : matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    return words;
  }

  /** The list of commands shows the first line of each description only. */
  @Test
  void theListOfCommandsHasAWholeSentenceForEach() {
    for (CommandLine command : all(line())) {
      assertThat(command.getCommandSpec().usageMessage().description()[0])
          .as(command.getCommandName())
          .endsWith(".");
    }
    String list = line().getUsageMessage(CommandLine.Help.Ansi.OFF);
    assertThat(list)
        .contains("token        Create, list, rotate and revoke tokens on the server.\n");
  }

  @Test
  void choicesAreShownAsTheyAreTyped() {
    assertThat(person.run("print", "--help")).isZero();
    assertThat(person.out).contains("One of token, header, basic,");
    assertThat(person.run("print", "--format", "Hexadecimal", "contoso")).isEqualTo(2);
    assertThat(person.err).contains("Hexadecimal");
  }

  @Test
  void wrongUsagePointsAtTheHelp() {
    assertThat(person.run("list", "--frobnicate")).isEqualTo(2);
    assertThat(person.err).contains("--frobnicate", "hint: git-credential-pat list --help\n");
    assertThat(person.out).isEmpty();
  }

  @Test
  void aNameThatIsNearlyRightIsSuggested() {
    assertThat(person.run("logot")).isEqualTo(2);
    assertThat(person.err).contains("did you mean logout");
    assertThat(person.run("token", "rotat")).isEqualTo(2);
    assertThat(person.err).contains("did you mean rotate or create?");
  }

  /** A run knows no other command than the one that is typed. */
  @Test
  void everyCommandIsFoundBehindTheGlobalOptions() {
    List<CommandLine> commands = all(line());
    assertThat(commands).hasSizeGreaterThan(25);
    for (CommandLine command : commands) {
      List<String> words =
          new ArrayList<>(List.of("--json", "--timeout", "8h", "--store=a,b", "--vault", "list"));
      words.addAll(List.of("--cache=5m", "--socket", "/run/x"));
      words.addAll(List.of(command.getCommandSpec().qualifiedName().split(" ")));
      words.remove("git-credential-pat");
      words.add("--help");
      int status = person.run(words.toArray(String[]::new));
      assertThat(status).as(words + person.err).isZero();
      assertThat(person.out).isEqualTo(command.getUsageMessage(CommandLine.Help.Ansi.OFF));
    }
  }

  @Test
  void helpBeforeTheCommandIsThatOfTheProgram() {
    assertThat(person.run("--help", "list")).isZero();
    assertThat(person.out).contains("login", "selftest");
    assertThat(person.run("token", "--help", "list")).isZero();
    assertThat(person.out).contains("rotate", "scopes");
  }

  @Test
  void noWordAtAllIsAFailureWithUsage() {
    assertThat(person.run()).isEqualTo(1);
    assertThat(person.err).contains("Usage: git-credential-pat");
    assertThat(person.out).isEmpty();
  }

  @Test
  void optionsMayStandBeforeOrAfterTheCommand() {
    assertThat(person.run("--json", "list")).isZero();
    String before = person.out;
    assertThat(person.run("list", "--json")).isZero();
    assertThat(person.out).isEqualTo(before).contains("\"entries\"");
  }
}
