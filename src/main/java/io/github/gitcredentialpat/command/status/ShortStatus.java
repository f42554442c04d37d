package io.github.gitcredentialpat.command.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntries;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that want a person's attention, in a few characters for a shell's prompt; nothing when
 * all is well. It asks nobody, unlocks nothing, calls no service, and is silent about stores that
 * fail. It runs at each prompt, so it has a get's diet: neither lambdas nor JSON.
 */
final class ShortStatus {
  private static final long HOUR = 3_600;
  private static final long DAY = 24 * HOUR;

  private ShortStatus() {}

  /** Prints it. */
  static int print(Invocation run, OutputStream out, @Nullable Resolution whose)
      throws IOException {
    String text;
    try (StoredEntries stored = new StoredEntries()) {
      for (Store store : run.chain().stores()) {
        run.surroundings().deadline().restart();
        try {
          read(store, whose, stored);
        } catch (StoreException e) {
          // A prompt has no room for it; list says it.
          run.messages().trace(e);
        }
      }
      text = text(stored, run.now());
    }
    if (!text.isEmpty()) {
      out.write((text + "\n").getBytes(UTF_8));
      out.flush();
    }
    return 0;
  }

  /** All that is stored for the place, or for any. */
  private static void read(Store store, @Nullable Resolution whose, StoredEntries stored)
      throws StoreException {
    Set<Identity> hosts = new LinkedHashSet<>();
    for (EntryKey key : store.list()) {
      Identity place = key.identity();
      if (!place.isSignIn() && (whose == null || whose.identity().equals(place))) {
        hosts.add(new Identity(place.protocol(), place.host(), null));
      }
    }
    for (Identity host : hosts) {
      for (Entry entry : store.find(host)) {
        Identity place = entry.key().identity();
        if (place.isSignIn() || (whose != null && !whose.identity().equals(place))) {
          entry.wipe();
        } else {
          stored.add(new StoredEntry(store, entry));
        }
      }
    }
  }

  /** {@code contoso 6d, fabrikam expired}; empty when all is well. */
  static String text(List<StoredEntry> stored, long now) {
    // Of several accounts' tokens one that is well is enough for git.
    Map<Identity, Entry> best = new LinkedHashMap<>();
    for (StoredEntry each : stored) {
      Identity place = each.identity();
      Entry entry = each.entry();
      boolean isAzure = Resolution.of(place).isAzure();
      // What can be refreshed lives for minutes and is renewed without anybody's doing.
      if (isAzure && entry.refreshToken() == null) {
        Entry other = best.get(place);
        if (other == null || end(other) < end(entry)) {
          best.put(place, entry);
        }
      }
    }
    List<String> words = new ArrayList<>();
    for (Map.Entry<Identity, Entry> each : best.entrySet()) {
      String state = state(each.getValue(), now);
      if (!state.isEmpty()) {
        words.add(Console.harmless(each.getKey().display() + " " + state));
      }
    }
    return String.join(", ", words);
  }

  /**
   * In seconds since the epoch; what has no known end lives longest, what is set aside not at all.
   */
  private static long end(Entry entry) {
    if (entry.setAsideAt() != 0) {
      return 0;
    }
    return entry.expiry() == null || entry.expiry().isRenewed()
        ? Long.MAX_VALUE
        : entry.expiry().at();
  }

  private static String state(Entry entry, long now) {
    long end = end(entry);
    if (end == 0) {
      return "rejected";
    }
    if (end <= now) {
      return "expired";
    }
    if (end == Long.MAX_VALUE || !TokenLifetime.endsSoon(end, now)) {
      return "";
    }
    long left = end - now;
    return left < DAY ? left / HOUR + "h" : left / DAY + "d";
  }
}
