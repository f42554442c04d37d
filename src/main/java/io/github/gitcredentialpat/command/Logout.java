package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.helper.Messages;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code logout ORG | URL | --all [--yes]}: removes tokens from this machine, in every store, which
 * is how a person revokes locally.
 */
public final class Logout {
  private final Run run;
  private final InputStream in;

  /**
   * The command.
   *
   * @param run the stores to remove from
   * @param in where the person's yes comes from
   */
  public Logout(Run run, InputStream in) {
    this.run = run;
    this.in = in;
  }

  /**
   * Runs it.
   *
   * @return 0 when everything asked for is gone, 1 when something could not be removed, 2 for wrong
   *     usage
   */
  public int run(List<String> arguments) throws IOException {
    Messages messages = run.messages();
    boolean all = arguments.contains("--all");
    boolean yes = arguments.contains("--yes");
    List<String> words = new ArrayList<>(arguments);
    words.removeAll(List.of("--all", "--yes"));
    if (words.size() != (all ? 0 : 1) || (!all && words.get(0).startsWith("-"))) {
      messages.say("usage: git-credential-pat logout ORG | URL | --all [--yes]");
      return 2;
    }
    Whose whose = null;
    if (!all) {
      whose = Whose.tokenOf(words.get(0));
      if (whose.identity() == null) {
        messages.say(
            words.get(0)
                + " names no organisation, server or host; type its name, as in"
                + " git-credential-pat logout contoso");
        return 2;
      }
    }
    return remove(whose, yes);
  }

  private record Kept(Store store, EntryKey key) {}

  private int remove(@Nullable Whose whose, boolean yes) throws IOException {
    Messages messages = run.messages();
    List<Kept> chosen = new ArrayList<>();
    int status = 0;
    for (Store store : run.chain().stores()) {
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        for (EntryKey key : store.list()) {
          if (whose == null || isMeant(whose, key)) {
            chosen.add(new Kept(store, key));
          }
        }
      } catch (StoreException e) {
        status |= report(store, e);
        if (whose == null && status == 0) {
          messages.say(
              store.name() + " is not here now; what it may keep stays: " + e.getMessage());
        }
      }
    }
    if (chosen.size() > 1 && !yes && !isConfirmed(chosen)) {
      messages.say("nothing is removed; add --yes to remove without being asked");
      return 1;
    }
    for (Kept kept : chosen) {
      // The person took their time, or the one before did: each store has its own five seconds.
      run.surroundings().deadline().promptClosed();
      try {
        kept.store().delete(kept.key());
        messages.say(describe(kept) + " is removed; it stays good at the service until revoked");
      } catch (StoreException e) {
        status |= report(kept.store(), e);
      }
    }
    if (chosen.isEmpty() && status == 0) {
      messages.say(
          "no token is kept" + (whose == null ? "" : " for " + whose.identity().display()));
    }
    return status;
  }

  /** A server or host is meant with all that lies below it. */
  private static boolean isMeant(Whose whose, EntryKey key) {
    return whose.identity().path() == null
        ? whose.identity().protocol().equals(key.identity().protocol())
            && whose.identity().host().equals(key.identity().host())
        : whose.identity().equals(key.identity());
  }

  private boolean isConfirmed(List<Kept> chosen) throws IOException {
    for (Kept kept : chosen) {
      run.messages().say(describe(kept));
    }
    run.messages().say("remove these " + chosen.size() + " tokens from this machine? [y/N]");
    String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    return line != null && line.strip().equalsIgnoreCase("y");
  }

  private static String describe(Kept kept) {
    String user = kept.key().user();
    return "the token for "
        + kept.key().identity().display()
        + (user == null || user.isEmpty() ? "" : " (user " + user + ")")
        + " in "
        + kept.store().name();
  }

  private int report(Store store, StoreException problem) {
    run.report(store, problem);
    return problem.reason() == Reason.UNAVAILABLE && !run.chain().chosen() ? 0 : 1;
  }
}
