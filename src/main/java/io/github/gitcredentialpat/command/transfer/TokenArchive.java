package io.github.gitcredentialpat.command.transfer;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.file.ExportFile;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that carries tokens to another machine. Its passphrase comes from a pipe, the file that
 * {@code GIT_CREDENTIAL_PAT_PASSPHRASE_FILE} names, or a person at the terminal.
 */
final class TokenArchive {
  private static final int TRIES = 3;
  private static final int LONGEST_LINE = 4096;

  private final CommandContext context;
  private final ExportFile file;

  /** The file that a person named. */
  TokenArchive(CommandContext context, String typed) throws UserException {
    this.context = context;
    try {
      file = new ExportFile(context.run().surroundings(), Path.of(typed));
    } catch (InvalidPathException e) {
      throw UserException.wrongUsage(typed + " is not a file name");
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  /** Whether the file exists. */
  boolean isTaken() {
    return file.isTaken();
  }

  /** Writes the entries under a passphrase that the person chooses. */
  void write(List<Entry> entries, boolean replace)
      throws UserException, IOException, StoreException {
    char[] passphrase = handedOver();
    if (passphrase == null) {
      passphrase = askTwice();
    }
    try {
      file.write(entries, passphrase, replace);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  /** How many entries of the file were left out, since no token could go to their addresses. */
  int leftOut() {
    return file.leftOut();
  }

  /** The entries that are in the file, for the caller to wipe. */
  List<Entry> read() throws UserException, IOException, StoreException {
    byte[] content = file.read();
    char[] passphrase = handedOver();
    boolean asked = passphrase == null;
    for (int i = 0; i < (asked ? TRIES : 1); i++) {
      if (asked) {
        passphrase = ask("Passphrase for " + file + ": ");
      }
      try {
        List<Entry> entries = file.open(content, passphrase);
        if (entries != null) {
          return entries;
        }
      } finally {
        Arrays.fill(passphrase, '\0');
      }
      if (asked && i < TRIES - 1) {
        context.say("wrong passphrase; try again");
      }
    }
    throw new StoreException(
        Reason.LOCKED, "wrong passphrase for " + file + "; use the one it was exported with");
  }

  /** The passphrase from a pipe or file; absent when a person has to be asked. */
  private char @Nullable [] handedOver() throws IOException, StoreException {
    char[] piped = Terminal.isTerminal(Terminal.INPUT) ? null : firstLine();
    return piped == null ? file.passphrase() : piped;
  }

  private char @Nullable [] firstLine() throws IOException {
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    for (int next = context.in().read();
        next >= 0 && next != '\n' && length < LONGEST_LINE;
        next = context.in().read()) {
      line[length++] = (byte) next;
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    char[] passphrase = length == 0 ? null : Terminal.decode(line, length);
    Arrays.fill(line, (byte) 0);
    return passphrase;
  }

  private char[] askTwice() throws UserException {
    for (int i = 0; i < TRIES; i++) {
      char[] first = ask("New passphrase for " + file + ": ");
      char[] second = ask("Repeat the passphrase: ");
      boolean same = Arrays.equals(first, second);
      Arrays.fill(second, '\0');
      if (same) {
        return first;
      }
      Arrays.fill(first, '\0');
      context.say("the passphrases do not match");
    }
    throw UserException.couldNot("no passphrase set for " + file + "; try again");
  }

  private char[] ask(String prompt) throws UserException {
    char[] typed = context.askSecret(prompt);
    if (typed == null || typed.length == 0) {
      throw UserException.couldNot(
          "no passphrase for "
              + file
              + "; run the command in a terminal, pipe the passphrase into it, or name a file that"
              + " holds it in GIT_CREDENTIAL_PAT_PASSPHRASE_FILE");
    }
    return typed;
  }
}
