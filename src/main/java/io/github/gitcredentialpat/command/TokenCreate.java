package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.AzureException;
import io.github.gitcredentialpat.azure.PatToken;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a token at the service and keeps it at once; nobody ever sees it. */
@Command(
    name = "create",
    description = "Make a token at the service and keep it at once.",
    footer = {
      "",
      "Scopes: git-read, git, packages, or names as in code:read,work:read, or vso.code.",
      "Example: git-credential-pat token create contoso --scopes git --expires 90"
    })
final class TokenCreate extends TokenCommand {
  @Option(names = "--name", paramLabel = "TEXT", description = "Its name at the service.")
  private @Nullable String name;

  @Option(
      names = "--scopes",
      paramLabel = "SCOPES",
      defaultValue = "git",
      description = "What it may do (default: ${DEFAULT-VALUE}).")
  private String scopes;

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      defaultValue = "30",
      description = "How long it lives (default: ${DEFAULT-VALUE} days).")
  private String expires;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Keep it beside the token that is there, under this user name.")
  private @Nullable String user;

  @Option(
      names = "--yes",
      description = "Let it take the place of a token that git uses, even if it is not for git.")
  private boolean yes;

  @Override
  void checkArguments() throws CommandException {
    Lifetime.end(expires, Instant.now().getEpochSecond());
    scopes(scopes);
  }

  @Override
  int run(Desk desk) throws AzureException, CommandException, StoreException {
    Scopes.Parsed wanted = scopes(scopes);
    wanted.warnings().forEach(desk::say);
    boolean forGit = Scopes.grants(wanted.scope(), Scopes.GIT_READ);
    if (!forGit && user == null && !yes && !desk.kept().isEmpty()) {
      throw CommandException.couldNot(
          "a token without Code (Read) would take the place of the one that git uses for "
              + desk.organization()
              + "; add --user NAME to keep it beside, or --yes");
    }
    long end = Lifetime.end(expires, desk.now());
    String called = name == null ? defaultName(desk.now()) : name;
    PatToken token = desk.pats().create(called, wanted.scope(), Instant.ofEpochSecond(end));
    Secret secret = secret(token);
    Store store = null;
    try {
      Entry entry = Details.of(token).entry(desk.whose(), secret, desk.now());
      store = new TokenKeeper(desk.session().run(), desk.whose(), user).keep(entry, null);
    } finally {
      secret.wipe();
      if (store == null) {
        takeBack(desk, token);
      }
    }
    if (store == null) {
      return 1;
    }
    desk.say(
        "made "
            + describe(token)
            + " for "
            + desk.organization()
            + ", kept in "
            + store.name()
            + clamped(token, end));
    if (forGit) {
      ProactiveAuth.useFor(desk.session(), desk.whose().identity(), desk.organization());
    }
    return 0;
  }

  /** Different each day: the service refuses a name that is taken. */
  private static String defaultName(long now) {
    String host = "this machine";
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // It has no name.
    }
    return Commands.NAME + " on " + host + " " + Wording.date(now);
  }
}
