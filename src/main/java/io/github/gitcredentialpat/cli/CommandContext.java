package io.github.gitcredentialpat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.git.CredentialStoreFiles;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.tokens.ForeignSource;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one command works with.
 *
 * @param run the chain of stores, the environment, and where messages go
 * @param allStores every store there is, usable here or not
 * @param in standard input
 * @param out standard output, for results only
 * @param json whether results are wanted as JSON
 * @param screen what standard output is shown on
 */
public record CommandContext(
    Invocation run,
    List<Store> allStores,
    InputStream in,
    OutputStream out,
    boolean json,
    Screen screen) {

  private static final long PATIENCE_MILLIS = 30 * 60 * 1_000L;

  /** What is stored where. */
  public Inventory inventory() {
    return new Inventory(run, allStores);
  }

  /** The same run on the stores in which a sign-in is remembered. */
  public Invocation signIns() {
    StoreChain chain = StoreChoice.forSignIns(run.chain(), run.surroundings());
    return new Invocation(chain, run.surroundings(), run.messages(), run.now());
  }

  public Console messages() {
    return run.messages();
  }

  public void say(String line) {
    messages().say(line);
  }

  /** Says a line and, where there is one, the command to type next. */
  public void say(String line, @Nullable String command) {
    messages().say(line, command);
  }

  /** Reports that what a person wanted is done, with a mark in front of it on a terminal. */
  public void done(String line) {
    Screen error = Screen.of(Terminal.ERROR, environment());
    messages().done(error.isThere() ? error.mark(Screen.Mark.GOOD) : null, line);
  }

  /** Writes a result. */
  public void print(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  /** Asks a question and waits for a yes; the end of the input is a no. */
  public boolean isConfirmed(String question) throws IOException {
    String answer = ask(question + " [y/N]");
    return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
  }

  /** Asks a question and waits for a line, which is empty at the end of the input. */
  public String ask(String question) throws IOException {
    say(question);
    // Byte by byte: what comes after this line is for the next question.
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(UTF_8).strip();
  }

  /** Whether somebody sits at a terminal who may be asked, and types there. */
  public boolean isAttended() {
    return run.surroundings().mayPrompt() && Terminal.isTerminal(Terminal.INPUT);
  }

  /**
   * One line that is typed without echo, for the caller to wipe; absent when nobody is there, or
   * nobody types anything in half an hour: a token is made on a web page first.
   */
  public char @Nullable [] askSecret(String prompt) {
    if (!run.surroundings().mayPrompt()) {
      return null;
    }
    try (Terminal terminal = Terminal.open()) {
      if (terminal != null) {
        return terminal.ask(prompt, PATIENCE_MILLIS);
      }
    }
    java.io.Console console = Terminal.isTerminal(Terminal.INPUT) ? System.console() : null;
    return console == null ? null : console.readPassword("%s", prompt);
  }

  /** The organizations that our stores and git's configuration name, as far as they can be read. */
  public KnownOrganizations knownOrganizations() {
    KnownOrganizations organizations = new KnownOrganizations();
    for (Store store : run.chain().stores()) {
      run.surroundings().deadline().restart();
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        for (EntryKey key : store.list()) {
          if (key.identity().isOrganization()) {
            organizations.add(key.identity());
          }
        }
      } catch (StoreException e) {
        messages().trace(e);
      }
    }
    if (GitCommand.isThere(environment())) {
      try {
        GitRepository.addOrganizations(GitCommand.find(environment()), organizations);
      } catch (UserException | IOException e) {
        messages().trace(e);
      }
    }
    return organizations;
  }

  /**
   * The places where other programs store what could be imported.
   *
   * @param name the only place wanted; absent for all
   * @throws UserException when there is none of that name
   */
  public List<ForeignSource> foreignSources(@Nullable String name) throws UserException {
    return ForeignSource.of(
        allStores,
        run.surroundings(),
        () -> CredentialStoreFiles.of(environment(), run.surroundings().home()),
        name);
  }

  public Map<String, String> environment() {
    return run.surroundings().environment();
  }
}
