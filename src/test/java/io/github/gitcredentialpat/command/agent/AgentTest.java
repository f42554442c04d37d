package io.github.gitcredentialpat.command.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command takes, before it listens. */
@DisabledOnOs(OS.WINDOWS)
final class AgentTest {
  @TempDir private Path folder;

  private Typed typed(String store) {
    return Typed.on(new InMemoryStore(store)).atHome(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "agent | --for is missing: which organizations to answer for",
        "agent --for contoso,https://dev.azure.com | names no organization",
        "agent --for not!valid | is not an organization name or URL",
        "agent --for contoso --allow-user no-such-user-here | --allow-user: no such user"
      })
  void whatIsNotUnderstoodIsSaid(String command, String words) {
    Typed person = typed("memory");
    assertThat(person.run(command.split(" "))).isEqualTo(2);
    assertThat(person.err).contains(words);
  }

  @Test
  void anAgentDoesNotAskItself() {
    Typed person = typed("agent");
    assertThat(person.run("agent", "--for", "contoso")).isEqualTo(2);
    assertThat(person.err).contains("an agent cannot use the store agent");
  }

  @Test
  void theScriptStoresNothingUnlessItMay() {
    Typed person = typed("memory");
    assertThat(person.run("agent", "--client")).isZero();
    assertThat(person.out).startsWith("#!/bin/sh\n").contains(" in get | erase) ;;");
    assertThat(person.run("agent", "--client", "--writable")).isZero();
    assertThat(person.out).contains(" in get | store | erase) ;;");
  }
}
