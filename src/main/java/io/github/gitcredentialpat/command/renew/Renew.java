package io.github.gitcredentialpat.command.renew;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.RotationJournal;
import io.github.gitcredentialpat.online.RotationLock;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.schedule.LastRun;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntries;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Renews all tokens that expire soon; made to be run by a timer each day. */
@Command(
    name = "renew",
    description = {
      "Renew the stored tokens that expire soon.",
      "Each is replaced by a new token with the same scopes and lifetime; then the old one is"
          + " revoked. Prints nothing when there is nothing to do. \"configure --renew\" runs it"
          + " daily.",
      ""
    },
    footer = {
      "",
      "Exit status: 0 nothing left to do, 1 some tokens could not be renewed.",
      "Example: git-credential-pat renew --if-left 14"
    })
public final class Renew implements Callable<Integer> {
  private static final long DAY = 86_400;

  /** Rotations take seconds, and each of their requests half a minute at most. */
  private static final long PATIENCE_MILLIS = 120_000;

  /** Whose token died longer ago has done without it, and may have left the organization. */
  private static final long FORGOTTEN_DAYS = 30;

  private final GlobalOptions global;

  @Parameters(
      arity = "0..*",
      paramLabel = "ORG|URL",
      description = "Organizations, collections or hosts. Default: all that tokens are stored for.")
  private List<String> places = new ArrayList<>();

  @Option(
      names = "--if-left",
      paramLabel = "DAYS",
      defaultValue = "14",
      description = "Renew tokens with this many days left, or fewer (default: ${DEFAULT-VALUE}).")
  private int ifLeft;

  @Option(
      names = "--keep-old",
      paramLabel = "TIME",
      description =
          "Let the old token live on for this time, as in 1h or 2d; a later renew revokes it.")
  private String keepOld = "";

  @Option(
      names = "--unattended",
      description = "Ask nobody, even at a terminal: for timers that open a window.")
  private boolean isUnattended;

  public Renew(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    long keep = keepOld.isEmpty() ? 0 : TokenLifetime.span("--keep-old", keepOld);
    if (ifLeft < 0) {
      throw UserException.wrongUsage("--if-left takes a number of days, such as 14");
    }
    // A timer has nobody to ask, even where there is a desktop.
    boolean isAttended = !isUnattended && Terminal.isTerminal(Terminal.ERROR);
    CommandContext context = isAttended ? global.context() : global.silentContext();
    List<Resolution> meant = new ArrayList<>();
    for (String place : places) {
      meant.add(TypedPlace.resolve(place));
    }
    boolean isDone = false;
    try (RotationLock lock = RotationLock.acquire(context.run().surroundings(), PATIENCE_MILLIS)) {
      if (lock == null) {
        throw UserException.couldNot("another renewal is still running; try again later");
      }
      isDone = renew(context, meant, keep, isAttended);
      if (!isAttended) {
        tellOfWhatIsLeft(context, meant);
      }
    } finally {
      new LastRun(context.run().now(), isDone).write(context.run().surroundings());
    }
    return isDone ? 0 : 1;
  }

  /** On the desktop: nobody reads what a timer's command says. */
  private static void tellOfWhatIsLeft(CommandContext context, List<Resolution> meant) {
    ExpiryNotices notices = new ExpiryNotices(context);
    Inventory inventory = context.inventory();
    if (meant.isEmpty()) {
      tell(notices, inventory.entries(null));
    }
    for (Resolution whose : meant) {
      tell(notices, inventory.entries(whose));
    }
  }

  private static void tell(ExpiryNotices notices, StoredEntries entries) {
    try (entries) {
      entries.forEach(notices::look);
    }
  }

  private boolean renew(
      CommandContext context, List<Resolution> meant, long keep, boolean isAttended)
      throws UserException, IOException {
    Inventory inventory = context.inventory();
    boolean isDone = true;
    try (StoredEntries entries = new StoredEntries()) {
      if (meant.isEmpty()) {
        entries.addAll(inventory.entries(null));
      }
      for (Resolution whose : meant) {
        List<StoredEntry> stored = inventory.entries(whose);
        entries.addAll(stored);
        for (StoredEntry each : stored) {
          SharedStores.check(each.store(), "renew " + Console.word(whose.identity().display()));
        }
        if (stored.isEmpty() && inventory.isComplete()) {
          isDone = false;
          context.say(
              "no tokens stored for " + whose.identity().display(),
              "git-credential-pat login " + Wording.argument(whose.identity().display()));
        }
      }
      RotationJournal journal = new RotationJournal(context.run().surroundings());
      Map<String, OrganizationRenewal> organizations = new TreeMap<>();
      for (String organization : journal.due(context.run().now())) {
        Identity identity = Identity.ofOrganization(organization);
        if (meant.isEmpty() || meant.stream().anyMatch(each -> each.identity().equals(identity))) {
          organizations.put(organization, new OrganizationRenewal(context, identity));
        }
      }
      for (StoredEntry each : entries) {
        Identity identity = each.identity();
        if (!isCandidate(each, context.run().now(), !meant.isEmpty())) {
          continue;
        }
        if (identity.isOrganization()) {
          organizations
              .computeIfAbsent(identity.path(), path -> new OrganizationRenewal(context, identity))
              .add(each);
        } else if (each.entry().expiry() != null) {
          isDone = false;
          sayHowToRenew(context, each);
        }
      }
      long until = context.run().now() + ifLeft * DAY;
      for (OrganizationRenewal organization : organizations.values()) {
        isDone &= organization.renew(entries, inventory.isComplete(), until, keep, isAttended);
      }
    }
    return isDone && inventory.isComplete();
  }

  /** Whether a token may have to be renewed, as far as is known here. */
  private boolean isCandidate(StoredEntry stored, long now, boolean isNamed) {
    Entry entry = stored.entry();
    // What can be refreshed lives for minutes and is renewed without anybody's doing.
    if (entry.setAsideAt() != 0
        || entry.refreshToken() != null
        || !stored.store().capacity().writable()) {
      return false;
    }
    if (entry.expiry() == null) {
      return isNamed;
    }
    long left = entry.expiry().at() - now;
    return left <= ifLeft * DAY && (isNamed || left > -FORGOTTEN_DAYS * DAY);
  }

  /** Of a server's token, or a password. */
  private static void sayHowToRenew(CommandContext context, StoredEntry stored)
      throws UserException {
    Identity identity = stored.identity();
    Wording.sayHowToRenew(
        context.run(),
        TypedPlace.resolve(identity.display()),
        OrganizationRenewal.life(stored, context.run().now()) + " and cannot be renewed from here",
        "");
  }
}
