package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The source of a file's passphrase, mostly of the key file's: the first line of the file that
 * {@code GIT_CREDENTIAL_PAT_PASSPHRASE_FILE} names, or the terminal.
 */
final class Passphrase {
  static final String VARIABLE = "GIT_CREDENTIAL_PAT_PASSPHRASE_FILE";

  private static final String TERMINAL = "/dev/tty";
  private static final int TRIES = 3;
  private static final int LONGEST_LINE = 4096;
  // What is left for a line on stderr when nobody typed anything in time.
  private static final int MARGIN_MILLIS = 2_000;

  /** Tries a passphrase. */
  interface Lock {
    /** Whether it was the right one. */
    boolean opens(char[] passphrase) throws StoreException;
  }

  /** What OWASP's password storage cheat sheet asks of PBKDF2-HMAC-SHA256. */
  static final int ROUNDS = 600_000;

  /**
   * The most rounds that a file may demand, so that a changed file cannot keep us busy for ever.
   */
  static final int MOST_ROUNDS = 10_000_000;

  /** Shorter ones can be guessed in days (NIST SP 800-63B asks for no less). */
  private static final int SHORTEST_GOOD = 8;

  /** The length of a salt in bytes. */
  static final int SALT = 16;

  private final Environment surroundings;
  private final Path keyFile;

  Passphrase(Environment surroundings, Path keyFile) {
    this.surroundings = surroundings;
    this.keyFile = keyFile;
  }

  static byte[] salt() {
    byte[] salt = new byte[SALT];
    new SecureRandom().nextBytes(salt);
    return salt;
  }

  /**
   * PBKDF2 with HMAC-SHA256 (RFC 8018) over the passphrase in UTF-8.
   *
   * @return 32 bytes, which the caller wipes after use
   */
  byte[] derive(char[] passphrase, byte[] salt, int rounds) throws StoreException {
    PBEKeySpec spec = new PBEKeySpec(passphrase, salt, rounds, MasterKey.LENGTH * 8);
    // Half a second with all of the compiler, two without its better half as git's operations run,
    // more on a small machine: it is bound to end, so it may take the time of a prompt.
    surroundings.deadline().doing("opening " + keyFile);
    surroundings.deadline().promptShown();
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new StoreException(
          Reason.FAILED, "this Java runtime cannot do PBKDF2; use another JDK", e);
    } finally {
      surroundings.deadline().restart();
      spec.clearPassword();
    }
  }

  /**
   * Opens the lock.
   *
   * @param mayAsk whether the terminal may be used
   * @throws StoreException {@code LOCKED} when there is no passphrase or a wrong one, {@code
   *     DENIED} when the person at the terminal gave none
   */
  void open(Lock lock, boolean mayAsk) throws StoreException {
    String file = file();
    if (file == null) {
      ask(lock, mayAsk);
      return;
    }
    char[] passphrase = firstLine(file);
    boolean opened = lock.opens(passphrase);
    Arrays.fill(passphrase, '\0');
    if (!opened) {
      throw locked("wrong passphrase for " + keyFile + " in " + file);
    }
  }

  /**
   * The passphrase for a key file that is about to be made; absent when none is wanted. The caller
   * wipes it after use.
   */
  char @Nullable [] fresh() throws StoreException {
    if (surroundings.variable(VARIABLE) == null) {
      return null;
    }
    char[] written = written();
    char[] chosen = written != null ? written : askTwice();
    check(chosen);
    return chosen;
  }

  /**
   * Checks a new passphrase: an empty one is refused, and of a short one the person is warned,
   * since whoever has the file can try them all.
   */
  void check(char[] chosen) throws StoreException {
    if (chosen.length == 0) {
      throw nothingTyped();
    }
    if (chosen.length < SHORTEST_GOOD) {
      surroundings.warn(
          "warning: the passphrase of "
              + keyFile
              + (chosen.length == 1
                  ? " is a single character"
                  : " has only " + chosen.length + " characters")
              + "; anyone with the file can guess it");
    }
  }

  /**
   * The passphrase in the file that the variable names; absent when it names none, or the terminal.
   * The caller wipes it after use.
   */
  char @Nullable [] written() throws StoreException {
    String file = file();
    return file == null ? null : firstLine(file);
  }

  private void ask(Lock lock, boolean mayAsk) throws StoreException {
    try (Terminal terminal = mayAsk && surroundings.mayPrompt() ? Terminal.open() : null) {
      if (terminal == null) {
        throw locked(
            keyFile
                + " is locked and there is no terminal to ask for the passphrase; run a git command in"
                + " one, or name a file with the passphrase in "
                + VARIABLE);
      }
      for (int i = 0; i < TRIES; i++) {
        char[] passphrase = ask(terminal, "Passphrase for " + keyFile + ": ");
        boolean opened = lock.opens(passphrase);
        Arrays.fill(passphrase, '\0');
        if (opened) {
          return;
        }
        terminal.say("Wrong passphrase.");
      }
    }
    throw locked("wrong passphrase for " + keyFile + " (" + TRIES + " times); try again");
  }

  private char[] askTwice() throws StoreException {
    try (Terminal terminal = surroundings.mayPrompt() ? Terminal.open() : null) {
      if (terminal == null) {
        throw locked(
            "no terminal to ask for a passphrase for "
                + keyFile
                + "; run the command in one, or unset "
                + VARIABLE);
      }
      for (int i = 0; i < TRIES; i++) {
        char[] first = ask(terminal, "New passphrase for " + keyFile + ": ");
        char[] second = ask(terminal, "Repeat the passphrase: ");
        boolean same = Arrays.equals(first, second);
        Arrays.fill(second, '\0');
        if (same) {
          return first;
        }
        Arrays.fill(first, '\0');
        terminal.say("The passphrases do not match.");
      }
      throw nothingTyped();
    }
  }

  private char[] ask(Terminal terminal, String prompt) throws StoreException {
    Deadline deadline = surroundings.deadline();
    deadline.doing("asking for the passphrase of " + keyFile);
    deadline.promptShown();
    char[] typed = terminal.ask(prompt, deadline.remainingMillis() - MARGIN_MILLIS);
    deadline.restart();
    if (typed == null) {
      throw nothingTyped();
    }
    return typed;
  }

  private StoreException nothingTyped() {
    return new StoreException(Reason.DENIED, "no passphrase given for " + keyFile + "; try again");
  }

  /** The file with the passphrase; absent when the terminal is meant. */
  private @Nullable String file() throws StoreException {
    String file = surroundings.variable(VARIABLE);
    if (file == null || file.equals(TERMINAL)) {
      return null;
    }
    // Git runs helpers in the work tree, which may be anybody's.
    if (!Path.of(file).isAbsolute()) {
      throw locked(VARIABLE + " must be an absolute path");
    }
    return file;
  }

  private static char[] firstLine(String file) throws StoreException {
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      length = in.readNBytes(line, 0, LONGEST_LINE);
    } catch (IOException e) {
      throw new StoreException(
          Reason.LOCKED, "cannot read the passphrase in " + file + " (" + VARIABLE + ")", e);
    }
    int end = 0;
    while (end < length && line[end] != '\n') {
      end++;
    }
    if (end > 0 && line[end - 1] == '\r') {
      end--;
    }
    char[] passphrase = Terminal.decode(line, end);
    Arrays.fill(line, (byte) 0);
    if (end == 0 || end == LONGEST_LINE) {
      throw locked("the first line of " + file + " is not a passphrase of 1 to 4000 bytes");
    }
    return passphrase;
  }

  private static StoreException locked(String message) {
    return new StoreException(Reason.LOCKED, message);
  }
}
