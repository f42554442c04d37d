package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Finds tokens in the URLs that git fetches and pushes by, and moves them to where tokens are kept.
 * A URL is changed by git itself, and only once its secret was stored and read back.
 */
@Command(
    name = "remotes",
    description = {
      "Find tokens and passwords in the URLs of remotes, submodules and insteadOf.",
      ""
    },
    footer = {
      "",
      "Exit status: 1 while there are any.",
      "Example: git-credential-pat remotes --fix --recursive ~/src"
    })
final class Remotes implements Callable<Integer> {
  /** Which secret is right where another one is kept already. */
  enum Preference {
    KEPT,
    URL;

    /** As a person types it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of a URL. */
  private enum Outcome {
    FOUND("found", "found; --fix moves it"),
    MOVED("moved", "moved"),
    ANOTHER_IS_KEPT("anotherIsKept", "left: another one is kept; add --prefer kept, or url"),
    BY_HAND("byHand", "left: remove it yourself, with git config --edit"),
    NO_PLACE("noPlace", "left"),
    NOT_KEPT("notKept", "left: it could not be kept"),
    NOT_WRITTEN("notWritten", "kept, but git could not change the file");

    private final String word;
    private final String text;

    Outcome(String word, String text) {
      this.word = word;
      this.text = text;
    }
  }

  @ParentCommand private Commands commands;

  @Option(
      names = "--fix",
      description = "Move the secrets to where tokens are kept, and take them out of the URLs.")
  private boolean fix;

  @Option(
      names = "--recursive",
      paramLabel = "DIR",
      description = "In every repository below this folder, not in the one of the working folder.")
  private @Nullable Path root;

  @Option(
      names = "--prefer",
      paramLabel = "kept|url",
      description = "Which token stays where another one is kept already.")
  private @Nullable Preference preference;

  private Session session;
  private Git git;
  private boolean complete = true;

  @Override
  public Integer call() throws CommandException, IOException {
    session = commands.session();
    git = Git.find(session.environment());
    Map<UrlSetting, Outcome> outcomes = new LinkedHashMap<>();
    for (UrlSetting setting : settings()) {
      outcomes.put(setting, fix ? fix(setting) : couldBe(setting));
    }
    print(outcomes);
    Set<Outcome> left = new LinkedHashSet<>(outcomes.values());
    left.remove(Outcome.MOVED);
    return complete && left.isEmpty() ? 0 : 1;
  }

  private Set<UrlSetting> settings() throws CommandException, IOException {
    if (root == null) {
      return Repository.at(git, null).secretUrls();
    }
    if (!Files.isDirectory(root)) {
      throw CommandException.wrongUsage(root + " is not a folder");
    }
    Set<UrlSetting> found = new LinkedHashSet<>();
    List<Path> unread = new ArrayList<>();
    for (Path folder : Repository.below(root.toAbsolutePath().normalize(), unread)) {
      try {
        found.addAll(Repository.at(git, folder).secretUrls());
      } catch (CommandException e) {
        session.say(e.getMessage());
        complete = false;
      }
    }
    for (Path folder : unread) {
      session.say(folder + " cannot be read; what lies below it is not searched");
      complete = false;
    }
    return found;
  }

  private static Outcome couldBe(UrlSetting setting) {
    if (setting.url().fault() != null) {
      return Outcome.NO_PLACE;
    }
    return setting.file() == null ? Outcome.BY_HAND : Outcome.FOUND;
  }

  private Outcome fix(UrlSetting setting) throws CommandException, IOException {
    Outcome outcome = couldBe(setting);
    if (outcome != Outcome.FOUND) {
      return outcome;
    }
    outcome = keep(setting.url());
    if (outcome != Outcome.MOVED) {
      return outcome;
    }
    SecretUrl url = setting.url();
    if (setting.inKey()) {
      return rename(setting);
    }
    // The pattern picks the one URL of several, so that no secret stands in a command line.
    Programs.Result result =
        git.run(
            null,
            "config",
            "--file",
            setting.file().toString(),
            "--replace-all",
            setting.key(),
            url.clean(),
            url.pattern());
    return result.exit() == 0 ? Outcome.MOVED : Outcome.NOT_WRITTEN;
  }

  /** All settings below such a URL go by its new name with the first of them. */
  private Outcome rename(UrlSetting setting) throws IOException {
    try {
      ConfigurationFile file = ConfigurationFile.open(git, setting.file());
      file.rename("url", setting.base(), setting.url().clean());
      file.save();
      return Outcome.MOVED;
    } catch (CommandException e) {
      session.say(e.getMessage());
      return Outcome.NOT_WRITTEN;
    }
  }

  /** Keeps the secret. Returns {@code MOVED} when the URL can do without it now. */
  private Outcome keep(SecretUrl url) {
    Whose whose = url.whose();
    EntryKey key = new EntryKey(whose.identity(), url.user());
    Secret secret = Secret.password(url.secret().getBytes(UTF_8));
    // When it was put there nobody knows; from now on it counts as kept now.
    Entry ofUnknownAge = Entry.of(key, secret, 0);
    TokenKeeper.Rule rule =
        (kept, arriving) ->
            preference == Preference.URL
                || kept.setAsideAt() != 0
                || TokenKeeper.isNewer(ofUnknownAge, kept);
    try {
      Entry arriving = Entry.of(key, secret, session.run().now());
      TokenKeeper keeping = new TokenKeeper(session.run(), whose, url.user());
      return switch (keeping.bring(arriving, url.user(), rule, false).outcome()) {
        case STORED, ALREADY_STORED -> Outcome.MOVED;
        case ANOTHER_IS_STORED ->
            preference == Preference.KEPT ? Outcome.MOVED : Outcome.ANOTHER_IS_KEPT;
        case NOT_STORED -> Outcome.NOT_KEPT;
      };
    } catch (StoreException e) {
      session.messages().trace(e);
      session.say(e.getMessage());
      return Outcome.NOT_KEPT;
    } finally {
      secret.wipe();
    }
  }

  private void print(Map<UrlSetting, Outcome> outcomes) throws IOException {
    if (session.json()) {
      Json json = new Json("urls");
      outcomes.forEach((setting, outcome) -> describe(json.add(), setting, outcome));
      session.print(json.text());
    } else if (outcomes.isEmpty()) {
      session.say("no URL with a token or password was found");
    } else {
      Table table = new Table("URL", "SETTING", "FILE", "WHAT BECOMES OF IT");
      outcomes.forEach(
          (setting, outcome) ->
              table.add(
                  "",
                  setting.url().redacted(),
                  setting.shownKey(),
                  setting.shownFile(),
                  outcome.text
                      + (outcome == Outcome.NO_PLACE ? ": " + setting.url().fault() : "")));
      session.print(table.text());
    }
    if (fix) {
      advise(outcomes);
    }
  }

  private static void describe(Json.Item item, UrlSetting setting, Outcome outcome) {
    Identity identity = setting.url().whose().identity();
    if (identity != null) {
      item.put("tokenFor", identity.display());
    }
    item.put("redacted", setting.url().redacted())
        .put("setting", setting.shownKey())
        .put("file", setting.file() == null ? null : setting.file().toString())
        .put("outcome", outcome.word);
  }

  /** What lay open may have been read, and what was committed stays in the history. */
  private void advise(Map<UrlSetting, Outcome> outcomes) {
    Map<Identity, Whose> exposed = new LinkedHashMap<>();
    Set<Path> tracked = new LinkedHashSet<>();
    outcomes.forEach(
        (setting, outcome) -> {
          if (outcome == Outcome.MOVED) {
            exposed.put(setting.url().whose().identity(), setting.url().whose());
            if (setting.file().endsWith(".gitmodules") || setting.file().endsWith(".lfsconfig")) {
              tracked.add(setting.file());
            }
          }
        });
    for (Path file : tracked) {
      session.say("commit " + file + "; older commits hold the secret for good");
    }
    for (Whose whose : exposed.values()) {
      Identity identity = whose.identity();
      String page = whose.isAzure() ? Whose.tokenPages(identity) : null;
      session.say(
          "what was in the URL for "
              + identity.display()
              + " could be read by others; "
              + (page == null
                  ? "change that password there"
                  : "make a new token and revoke the old one at "
                      + page
                      + (identity.isOrganization()
                          ? ", or type: git-credential-pat token rotate " + identity.display()
                          : "")));
    }
  }
}
