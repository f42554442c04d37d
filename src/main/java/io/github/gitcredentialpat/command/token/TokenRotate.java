package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Replaces the token that is kept here by a new one, in the order that Microsoft advises: make the
 * new one, keep it, test it, and only then revoke the old one. Wherever it ends, a token that works
 * is kept.
 */
@Command(
    name = "rotate",
    description = {
      "Replace the stored token with a new one.",
      "Creates a token with the same scopes, stores and tests it, then revokes the old one.",
      ""
    },
    footer = {"", "Example: git-credential-pat token rotate contoso"})
final class TokenRotate extends SelectedTokenCommand {
  /** A token that was just made may not be known everywhere yet. */
  private static final int TRIES = 4;

  /** In seconds: the service gives no more than about a year. */
  private static final long LONGEST_LIFE = 366L * 86_400;

  private static final long PAUSE_MILLIS = 2_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      description = "Expiry date or days. Default: the old token's lifetime.")
  private @Nullable String expires;

  TokenRotate(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    if (expires != null) {
      TokenLifetime.end(expires, Instant.now().getEpochSecond());
    }
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException, IOException {
    Path folder = desk.context().run().surroundings().stateFolder();
    PrivateFiles.makeFolder(folder);
    // Two at once would each revoke what the other has just made.
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("rotate"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw UserException.couldNot(
            "another rotation is running; nothing done for " + desk.organization());
      }
      return rotate(desk);
    }
  }

  private int rotate(Desk desk) throws ServiceException, UserException {
    Pat old = chosen(desk);
    StoredEntry kept = kept(desk, old);
    long life =
        Math.min(LONGEST_LIFE, old.validTo().getEpochSecond() - old.validFrom().getEpochSecond());
    long end = expires == null ? desk.now() + life : TokenLifetime.end(expires, desk.now());
    Pat fresh =
        desk.pats().create(nextName(old, desk.now()), old.scope(), Instant.ofEpochSecond(end));
    Secret secret = secret(fresh);
    try {
      Entry entry = TokenDetails.of(fresh).entry(kept.entry().key(), secret, desk.now());
      if (!replace(desk, kept, entry)) {
        takeBack(desk, fresh);
        return 1;
      }
      Verdict verdict = test(desk, secret);
      if (verdict.isAlive()) {
        return revokeOld(desk, old, fresh, end);
      }
      desk.say(
          "the new token: "
              + VerdictAdvice.on(
                  verdict, desk.organization(), desk.whose().identity(), desk.now()));
      if (verdict.isBad()) {
        replace(desk, new StoredEntry(kept.store(), entry), kept.entry());
        takeBack(desk, fresh);
        desk.say("still using the old token " + old.displayName());
      } else {
        desk.say(
            "stored the new token, but did not revoke the old one; do so once the new one works",
            revocation(desk, old));
      }
      return 1;
    } finally {
      secret.wipe();
    }
  }

  /** The entry that holds the old token. */
  private StoredEntry kept(Desk desk, Pat old) throws UserException {
    List<StoredEntry> same =
        desk.kept().stream().filter(each -> TokenSelector.isSame(old, each.entry())).toList();
    if (same.size() == 1) {
      return same.get(0);
    }
    // Told by the person, and nothing here contradicts.
    if (same.isEmpty()
        && isNamed()
        && desk.kept().size() == 1
        && desk.kept().get(0).entry().authorizationId() == null) {
      return desk.kept().get(0);
    }
    throw UserException.couldNot(
        old.displayName()
            + (same.isEmpty() ? " is not stored here" : " is stored here more than once")
            + " for "
            + desk.organization()
            + "; nothing done");
  }

  /** The same name with the time behind it, for the service refuses one that is taken. */
  private static String nextName(Pat old, long now) {
    String name =
        old.displayName().replaceFirst(" rotated \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$", "");
    return name + " rotated " + TIME.format(Instant.ofEpochSecond(now));
  }

  /**
   * Puts an entry into the place of another, unless somebody changed that meanwhile.
   *
   * @return whether it is there now
   * @throws UserException when nobody can tell: then neither token may be revoked
   */
  private static boolean replace(Desk desk, StoredEntry expected, Entry entry)
      throws UserException {
    TokenKeeper.Change change =
        TokenKeeper.replaceIfUnchanged(desk.context().run(), expected, entry);
    if (change == TokenKeeper.Change.UNKNOWN) {
      throw UserException.couldNot(
              "cannot tell which token "
                  + expected.store().name()
                  + " has now; none revoked for "
                  + desk.organization())
          .withHint("git-credential-pat token list " + desk.organization());
    }
    if (change.isOvertaken()) {
      desk.say(
          "not replaced: "
              + StoredEntry.describe(expected.store(), entry.key())
              + " was changed in the meantime");
    }
    return change == TokenKeeper.Change.DONE;
  }

  private static Verdict test(Desk desk, Secret secret) {
    TokenChecker checker = new TokenChecker(desk.context());
    Verdict verdict = checker.check(desk.whose().identity(), null, secret, TokenChecker.LIMIT);
    for (int i = 1; i < TRIES && verdict.isBad(); i++) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return verdict;
      }
      verdict = checker.check(desk.whose().identity(), null, secret, TokenChecker.LIMIT);
    }
    return verdict;
  }

  private static int revokeOld(Desk desk, Pat old, Pat fresh, long end) {
    String made = summary("rotated", fresh, desk) + clamped(fresh, end);
    try {
      desk.pats().revoke(old.authorizationId());
      desk.context().done(made + "; old one revoked");
      return 0;
    } catch (ServiceException e) {
      desk.context().messages().trace(e);
      desk.say(made);
      desk.say("warning: the old one is not revoked: " + e.getMessage(), revocation(desk, old));
      return 1;
    }
  }
}
