package io.github.gitcredentialpat.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.store.InMemoryStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class CommandsTest {
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
    return new CommandLine(
        new Commands(
            new ByteArrayInputStream(new byte[0]),
            new ByteArrayOutputStream(),
            new ByteArrayOutputStream(),
            Map.of()));
  }

  @Test
  void theHelpOfEveryCommandHasAnExampleOfIt() {
    for (CommandLine command : all(line())) {
      assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF))
          .contains("Example: " + command.getCommandSpec().qualifiedName());
    }
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
        .contains("token        Manage the tokens of an organisation at the service.\n");
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
    assertThat(person.err).contains("--frobnicate", "type: git-credential-pat list --help");
    assertThat(person.out).isEmpty();
  }

  @Test
  void aNameThatIsNearlyRightIsSuggested() {
    assertThat(person.run("logot")).isEqualTo(2);
    assertThat(person.err).contains("did you mean logout");
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
