package io.github.gitcredentialpat.command.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitConfigFile;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.secrets.ExposedSecret;
import io.github.gitcredentialpat.git.secrets.SecretSearch;
import io.github.gitcredentialpat.git.secrets.SecretUrl;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenPage;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.FileProblem;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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

/**
 * Finds tokens in git's URLs and other settings, and moves those in URLs to a store. Git itself
 * checks each change of a URL, and it is made only once the secret was stored and read back.
 */
@Command(
    name = "remotes",
    description = {"Find tokens and passwords in remotes, submodules and other git settings.", ""},
    footer = {
      "",
      "Exit status: 0 none left, 1 some found.",
      "Example: git-credential-pat remotes --fix --recursive ~/src"
    })
final class Remotes implements Callable<Integer> {
  /** Which secret to keep where another one is stored already. */
  enum Preference {
    KEPT,
    URL;

    /** The word a person types. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of a secret. */
  private enum Outcome {
    FOUND("found", "found (use --fix)"),
    MOVED("moved", "moved"),
    ANOTHER_IS_KEPT(
        "anotherIsKept", "skipped: another one is stored (use --prefer kept or --prefer url)"),
    BY_HAND("byHand", "skipped: "),
    NO_ORGANIZATION("noOrganization", "skipped: organization unknown (use --organization)"),
    NO_PLACE("noPlace", "skipped: "),
    NOT_KEPT("notKept", "skipped: cannot be stored"),
    NOT_WRITTEN("notWritten", "stored, but the file cannot be changed");

    private final String word;
    private final String text;

    Outcome(String word, String text) {
      this.word = word;
      this.text = text;
    }
  }

  private final GlobalOptions global;

  @Option(
      names = "--fix",
      description = "Move the secrets to the store and remove them from the URLs.")
  private boolean fix;

  @Option(
      names = "--recursive",
      paramLabel = "DIR",
      description = "Search all repositories below this folder instead of the current one.")
  private @Nullable Path root;

  @Option(
      names = "--prefer",
      paramLabel = "kept|url",
      description = "Which token to use if another one is already stored.")
  private @Nullable Preference preference;

  @Option(
      names = "--organization",
      paramLabel = "NAME",
      description = "Organization to assume for dev.azure.com URLs that do not name one.")
  private @Nullable String organization;

  private CommandContext context;
  private GitCommand git;
  private KnownOrganizations known;
  private boolean complete = true;

  Remotes(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    context = global.context();
    git = GitCommand.find(context.environment());
    if (organization != null && !TypedPlace.resolve(organization).identity().isOrganization()) {
      throw UserException.wrongUsage(
          "--organization takes the name of an organization, such as contoso");
    }
    known = context.knownOrganizations();
    Map<ExposedSecret, Outcome> outcomes = new LinkedHashMap<>();
    for (ExposedSecret secret : search().found()) {
      SecretUrl url = secret.url();
      ExposedSecret settled = url == null ? secret : secret.with(url.settled(known, organization));
      outcomes.put(settled, couldBe(settled));
    }
    if (fix) {
      fix(outcomes);
    }
    print(outcomes);
    advise(outcomes);
    Set<Outcome> left = new LinkedHashSet<>(outcomes.values());
    left.remove(Outcome.MOVED);
    return complete && left.isEmpty() ? 0 : 1;
  }

  private SecretSearch search() throws UserException, IOException {
    SecretSearch search = new SecretSearch(known);
    List<String> problems = new ArrayList<>();
    if (root == null) {
      GitRepository repository = GitRepository.at(git, null);
      if (!repository.isThere()) {
        context.say("not in a repository: searching only git's global and system configuration");
      }
      repository.search(search, problems);
    } else if (!Files.isDirectory(root)) {
      throw UserException.wrongUsage(root + " is not a folder");
    } else {
      List<Path> unread = new ArrayList<>();
      for (Path folder : GitRepository.below(root.toAbsolutePath().normalize(), unread)) {
        try {
          GitRepository.at(git, folder).search(search, problems);
        } catch (UserException e) {
          problems.add(e.inOneLine());
        }
      }
      unread.forEach(folder -> problems.add("cannot read " + folder + "; not searched"));
    }
    problems.forEach(context::say);
    complete &= problems.isEmpty();
    return search;
  }

  private static Outcome couldBe(ExposedSecret secret) {
    if (!secret.isMovable()) {
      return Outcome.BY_HAND;
    }
    if (secret.url().isOpen()) {
      return Outcome.NO_ORGANIZATION;
    }
    return secret.url().fault() == null ? Outcome.FOUND : Outcome.NO_PLACE;
  }

  /** Replaces each URL of each file in one step, wherever in the file it is; the longest first. */
  private void fix(Map<ExposedSecret, Outcome> outcomes) {
    List<ExposedSecret> found = new ArrayList<>();
    outcomes.forEach(
        (secret, outcome) -> {
          if (outcome == Outcome.FOUND) {
            found.add(secret);
          }
        });
    found.sort(Comparator.comparingInt(secret -> -secret.url().written().length()));
    Map<Path, Map<SecretUrl, Outcome>> done = new HashMap<>();
    for (ExposedSecret secret : found) {
      Map<SecretUrl, Outcome> ofFile = done.computeIfAbsent(secret.file(), file -> new HashMap<>());
      outcomes.put(secret, ofFile.computeIfAbsent(secret.url(), url -> fix(secret.file(), url)));
    }
  }

  private Outcome fix(Path path, SecretUrl url) {
    Outcome outcome = keep(url);
    if (outcome != Outcome.MOVED) {
      return outcome;
    }
    try {
      GitConfigFile file = GitConfigFile.open(git, path);
      file.respell(url.written(), url.clean(), url.cleanPattern());
      file.save();
      return Outcome.MOVED;
    } catch (UserException e) {
      context.say(String.valueOf(e.getMessage()), e.hint());
    } catch (IOException e) {
      context.messages().trace(e);
      context.say(FileProblem.describe("write", path, e));
    }
    return Outcome.NOT_WRITTEN;
  }

  /** Stores the secret. Returns {@code MOVED} when the URL no longer needs it. */
  private Outcome keep(SecretUrl url) {
    Resolution whose = url.whose();
    EntryKey key = new EntryKey(whose.identity(), url.user());
    Secret secret = Secret.password(url.secret().getBytes(UTF_8));
    // When it was put there nobody knows; from now on it counts as kept now.
    Entry ofUnknownAge = Entry.of(key, secret, 0);
    TokenKeeper.Rule rule =
        (stored, arriving) ->
            preference == Preference.URL
                || stored.setAsideAt() != 0
                || TokenKeeper.isNewer(ofUnknownAge, stored);
    try {
      Entry arriving = Entry.of(key, secret, context.run().now());
      TokenKeeper keeping = new TokenKeeper(context.run(), whose, url.user());
      return switch (keeping.bring(arriving, url.user(), rule, false).outcome()) {
        case STORED, ALREADY_STORED -> Outcome.MOVED;
        case ANOTHER_IS_STORED ->
            preference == Preference.KEPT ? Outcome.MOVED : Outcome.ANOTHER_IS_KEPT;
        case NOT_STORED -> Outcome.NOT_KEPT;
      };
    } catch (StoreException e) {
      context.messages().trace(e);
      context.say(String.valueOf(e.getMessage()), e.hint());
      return Outcome.NOT_KEPT;
    } finally {
      secret.wipe();
    }
  }

  private void print(Map<ExposedSecret, Outcome> outcomes) throws IOException {
    if (context.json()) {
      JsonReport json = new JsonReport("urls");
      outcomes.forEach((secret, outcome) -> describe(json.add(), secret, outcome));
      context.print(json.text());
    } else if (!outcomes.isEmpty()) {
      TextTable table = new TextTable("FOUND", "SETTING", "FILE", "RESULT");
      outcomes.forEach(
          (secret, outcome) ->
              table.add(
                  secret.redacted(),
                  secret.setting() == null ? "-" : secret.setting(),
                  secret.shownFile(),
                  text(secret, outcome)));
      context.print(table.below(2, 1).text(context.screen()));
    } else if (complete) {
      context.say("no tokens or passwords in git's settings");
    }
  }

  private static String text(ExposedSecret secret, Outcome outcome) {
    return switch (outcome) {
      case BY_HAND -> outcome.text + secret.kind().fault;
      case NO_PLACE -> outcome.text + secret.url().fault();
      default -> outcome.text;
    };
  }

  private static void describe(JsonReport.Item item, ExposedSecret secret, Outcome outcome) {
    Identity identity = secret.url() == null ? null : secret.url().whose().identity();
    if (identity != null) {
      item.put("tokenFor", identity.display());
    }
    item.put("redacted", secret.redacted())
        .put("setting", secret.setting())
        .put("file", secret.file() == null ? null : secret.file().toString())
        .put("outcome", outcome.word);
  }

  private void advise(Map<ExposedSecret, Outcome> outcomes) {
    if (outcomes.containsValue(Outcome.NO_ORGANIZATION)) {
      context.say(
          "some dev.azure.com URLs do not name their organization",
          command(" --fix --organization " + known.typed()));
    }
    Set<Path> byHand = new LinkedHashSet<>();
    outcomes.forEach(
        (secret, outcome) -> {
          boolean isLeft = outcome == Outcome.BY_HAND || outcome == Outcome.NO_PLACE;
          if (isLeft && secret.file() != null && secret.setting() != null) {
            byHand.add(secret.file());
          }
        });
    for (Path file : byHand) {
      context.say(
          "remove the rest from " + file + " yourself",
          "git config --file " + Console.word(file.toString()) + " --edit");
    }
    if (fix) {
      adviseExposed(outcomes);
    }
  }

  private String command(String options) {
    return Program.NAME
        + global.helperOptions()
        + " remotes"
        + options
        + (root == null ? "" : " --recursive " + Console.word(root.toString()));
  }

  /**
   * Advises to replace exposed secrets: they may have been read, and commits stay in the history.
   */
  private void adviseExposed(Map<ExposedSecret, Outcome> outcomes) {
    Map<Identity, Resolution> exposed = new LinkedHashMap<>();
    Set<Path> tracked = new LinkedHashSet<>();
    outcomes.forEach(
        (secret, outcome) -> {
          if (outcome == Outcome.MOVED) {
            exposed.put(secret.url().whose().identity(), secret.url().whose());
            if (secret.file().endsWith(".gitmodules") || secret.file().endsWith(".lfsconfig")) {
              tracked.add(secret.file());
            }
          }
        });
    for (Path file : tracked) {
      context.say("commit " + file + "; older commits still contain the secret");
    }
    for (Resolution whose : exposed.values()) {
      Identity identity = whose.identity();
      String page = TokenPage.of(whose);
      context.say(
          "the secret in the URL for "
              + identity.display()
              + " may have been read by others; "
              + (page == null
                  ? "change the password"
                  : "revoke it and create a new one at " + page));
      if (identity.isOrganization()) {
        context
            .messages()
            .hint(Program.NAME + global.helperOptions() + " token rotate " + identity.display());
      }
    }
  }
}
