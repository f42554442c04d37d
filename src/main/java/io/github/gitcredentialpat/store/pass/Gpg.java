package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * GnuPG as a child process, and the place where its status lines (doc/DETAILS in its source) become
 * a {@link StoreException}. No secret is ever an argument or a file: it goes through pipes.
 */
final class Gpg {
  private static final byte[] NOTHING = new byte[0];

  /** The most bytes of an entry: a few of git's lines of 64 KB each. */
  private static final int MOST_BYTES = 1 << 20;

  private static final String STATUS = "[GNUPG:] ";

  // The lower 16 bits of an error code (libgpg-error).
  private static final int BAD_PASSPHRASE = 11;
  private static final int CANCELED = 99;
  private static final int FULLY_CANCELED = 198;

  /** The reason in {@code INV_RECP} for a key that nobody vouched for. */
  private static final String NOT_TRUSTED = "10";

  /** The most files to remember; an organization has fewer accounts. */
  private static final int MOST_ASKED = 8;

  private final Environment surroundings;
  private @Nullable Path program;

  /**
   * Plain texts that a person was asked for, each behind the bytes of its file. A change reads the
   * file again under the lock: with an agent that remembers nothing, the person would be asked
   * again, and every other store and erase would wait for them.
   */
  private final byte[][] asked = new byte[2 * MOST_ASKED][];

  private int next;

  Gpg(Environment surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * The plain text of a file, which the caller wipes; absent when there is no such file. Where the
   * key needs a passphrase that the agent does not know, a person is asked if one may be.
   */
  byte @Nullable [] decrypt(Path file) throws StoreException {
    // Read here, not by gpg, whose words do not tell what cannot be read from what is damaged.
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MOST_BYTES);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot read " + file + PrivateFiles.reason(e), e)
          .withHint("ls -l " + Console.word(file.toString()));
    }
    for (int i = 0; i < asked.length; i += 2) {
      if (Arrays.equals(asked[i], content)) {
        return asked[i + 1].clone();
      }
    }
    Subprocess child = decrypt(content, "error");
    boolean isAsked = isLocked(child) && surroundings.mayPrompt();
    if (isAsked) {
      surroundings.deadline().promptShown();
      try {
        child = decrypt(content, "ask");
      } finally {
        surroundings.deadline().restart();
      }
    }
    if (child.status() == 0 && hasStatus(child, "DECRYPTION_OKAY")) {
      if (isAsked) {
        remember(content, child.output());
      }
      return child.output();
    }
    Arrays.fill(child.output(), (byte) 0);
    throw notDecrypted(file, child);
  }

  private void remember(byte[] content, byte[] plain) {
    if (asked[next + 1] != null) {
      Arrays.fill(asked[next + 1], (byte) 0);
    }
    asked[next] = content;
    asked[next + 1] = plain.clone();
    next = (next + 2) % asked.length;
  }

  private Subprocess decrypt(byte[] content, String pinentryMode) throws StoreException {
    List<String> command = command();
    command.add("--pinentry-mode");
    command.add(pinentryMode);
    command.add("--decrypt");
    return run(command, content);
  }

  /** Encrypts to all recipients. */
  byte[] encrypt(byte[] plain, List<String> recipients, Path gpgId) throws StoreException {
    List<String> command = command();
    command.add("--yes");
    command.add("--compress-algo=none");
    command.add("--no-encrypt-to");
    // A key that is not there is an error, nothing to search the network for.
    command.add("--no-auto-key-locate");
    for (String recipient : recipients) {
      command.add("--recipient=" + recipient);
    }
    command.add("--encrypt");
    Subprocess child = run(command, plain);
    if (child.status() == 0 && child.output().length > 0) {
      return child.output();
    }
    throw notEncrypted(gpgId, child);
  }

  /** Whether the file has a good signature, beside it, of a key with one of these fingerprints. */
  boolean isSigned(Path file, String fingerprints) throws StoreException {
    List<String> command = command();
    command.add("--verify");
    command.add(file + ".sig");
    command.add(file.toString());
    Subprocess child = run(command, NOTHING);
    String[] lines = child.errors().split("\n");
    for (String line : lines) {
      if (child.status() == 0 && line.startsWith(STATUS + "VALIDSIG ")) {
        // The fingerprint of the signing key, and last that of its primary key.
        for (String fingerprint : words(fingerprints)) {
          if (fingerprint.length() == 40
              && (line.startsWith(STATUS + "VALIDSIG " + fingerprint + " ")
                  || line.endsWith(" " + fingerprint))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private List<String> command() throws StoreException {
    if (program == null) {
      program = Executables.findInstalled("gpg2", surroundings.environment());
    }
    if (program == null) {
      program = Executables.findInstalled("gpg", surroundings.environment());
    }
    if (program == null) {
      throw new StoreException(Reason.UNAVAILABLE, "gpg is not installed")
          .withHint("sudo apt install gnupg pass");
    }
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    String options = surroundings.variable("PASSWORD_STORE_GPG_OPTS");
    if (options != null) {
      command.addAll(words(options));
    }
    command.add("--batch");
    command.add("--no-tty");
    command.add("--status-fd=2");
    return command;
  }

  private Subprocess run(List<String> command, byte[] input) throws StoreException {
    ProcessBuilder builder = Subprocess.prepare(command, surroundings.environment());
    if (surroundings.mayPrompt()) {
      String terminal = TtyName.name();
      if (terminal != null) {
        builder.environment().put("GPG_TTY", terminal);
      }
    }
    Subprocess child;
    try {
      child = Subprocess.run(builder, input, surroundings.deadline().remainingMillis(), MOST_BYTES);
    } catch (IOException e) {
      throw new StoreException(Reason.UNAVAILABLE, "cannot start " + program, e)
          .withHint(program + " --version");
    }
    if (!child.hasEnded()) {
      Arrays.fill(child.output(), (byte) 0);
      endPrompt(child);
      throw new StoreException(
              Reason.TIMEOUT, "gpg did not answer in time and was stopped; nothing changed")
          .withHint(program + " --list-secret-keys");
    }
    return child;
  }

  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(text);
    while (tokens.hasMoreTokens()) {
      words.add(tokens.nextToken());
    }
    return words;
  }

  private static boolean hasStatus(Subprocess child, String keyword) {
    return child.errors().contains(STATUS + keyword);
  }

  /** The key is there, but its agent did not let it be used. */
  private static boolean isLocked(Subprocess child) {
    return child.status() != 0 && agentError(child) != 0;
  }

  /** The agent's error code; 0 when it is not the agent that said no. */
  private static int agentError(Subprocess child) {
    int code = (int) number(child, "ERROR pkdecrypt_failed ") & 0xffff;
    return code == 0 && hasStatus(child, "ERROR pkdecrypt_failed ") ? -1 : code;
  }

  /** The number after a status keyword; 0 when there is none. */
  private static long number(Subprocess child, String keyword) {
    int start = child.errors().indexOf(STATUS + keyword);
    long number = 0;
    if (start >= 0) {
      for (int i = start + STATUS.length() + keyword.length(); i < child.errors().length(); i++) {
        int digit = Character.digit(child.errors().charAt(i), 10);
        if (digit < 0) {
          break;
        }
        number = number * 10 + digit;
      }
    }
    return number;
  }

  /** Takes a prompt away that nobody waits for any more: it is the agent's child, not gpg's. */
  private static void endPrompt(Subprocess child) {
    Optional<ProcessHandle> prompt = ProcessHandle.of(number(child, "PINENTRY_LAUNCHED "));
    if (prompt.isPresent()) {
      Optional<String> command = prompt.get().info().command();
      if (command.isPresent() && command.get().contains("pinentry")) {
        prompt.get().destroy();
      }
    }
  }

  private static StoreException notDecrypted(Path file, Subprocess child) {
    int code = agentError(child);
    if (code == CANCELED || code == FULLY_CANCELED) {
      return new StoreException(Reason.DENIED, "no passphrase given; cannot read " + file);
    }
    if (code == BAD_PASSPHRASE) {
      return new StoreException(
          Reason.LOCKED, "wrong passphrase for the key of " + file + "; try again");
    }
    if (code != 0) {
      return new StoreException(
              Reason.LOCKED, "the gpg key is locked; unlock it in a terminal with its passphrase")
          .withHint("gpg -d -o /dev/null " + Console.word(file.toString()));
    }
    if (hasStatus(child, "ENC_TO") && !hasStatus(child, "DECRYPTION_KEY")) {
      return new StoreException(
              Reason.UNAVAILABLE,
              file + " is encrypted to other people's keys only; ask one of them to run")
          .withHint("pass init");
    }
    return new StoreException(
        Reason.DAMAGED, "gpg cannot decrypt " + file + " (" + lastLine(child) + ")");
  }

  private static StoreException notEncrypted(Path gpgId, Subprocess child) {
    String keyword = STATUS + "INV_RECP ";
    int start = child.errors().indexOf(keyword);
    if (start < 0) {
      return new StoreException(
          Reason.FAILED, "gpg cannot encrypt (" + lastLine(child) + "); not stored");
    }
    int lineEnd = child.errors().indexOf('\n', start);
    String line =
        child
            .errors()
            .substring(start + keyword.length(), lineEnd < 0 ? child.errors().length() : lineEnd);
    int blank = line.indexOf(' ');
    String recipient = line.substring(blank + 1);
    String named = "the key " + recipient + " (from " + gpgId + ")";
    boolean isUntrusted = line.startsWith(NOT_TRUSTED + " ");
    return new StoreException(
            Reason.FAILED,
            isUntrusted
                ? "gpg does not trust " + named + "; check and sign it"
                : "gpg cannot encrypt to " + named)
        .withHint("gpg " + (isUntrusted ? "--lsign-key " : "--list-keys ") + recipient);
  }

  /** The last line that gpg wrote for a person. */
  private static String lastLine(Subprocess child) {
    String last = "status " + child.status();
    for (String line : child.errors().split("\n")) {
      if (!line.startsWith(STATUS) && !line.isBlank()) {
        last = line;
      }
    }
    return last;
  }
}
