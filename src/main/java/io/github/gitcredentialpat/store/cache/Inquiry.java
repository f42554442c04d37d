package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a shared store and remembers what it said. Loaded only then. Of several processes that want
 * to know at once, one asks and the others take what it was told.
 */
final class Inquiry {
  /** In seconds, for how long it counts that there is nothing, or nothing that can be used. */
  private static final int SHORT = 60;

  /** In seconds, the first pause after a failure; it doubles each time. */
  private static final int FIRST_PAUSE = 15;

  private static final int MOST_DOUBLINGS = 6;

  private static final String ASK_LOCK = "shared-ask.lock";
  private static final long PATIENCE_MILLIS = 3_000;
  private static final long RESERVE_MILLIS = 1_500;

  private final String name;
  private final Environment surroundings;
  private final Memory memory;
  private final int period;
  private final Nature nature;
  private @Nullable String notice;

  Inquiry(String name, Environment surroundings, Memory memory, int period, Nature nature) {
    this.name = name;
    this.surroundings = surroundings;
    this.memory = memory;
    this.period = period;
    this.nature = nature;
  }

  /** What the person should know of it; absent for nothing. */
  @Nullable String notice() {
    return notice;
  }

  /**
   * What is known of a place now, for the caller to wipe.
   *
   * @param known what was remembered of it, which is wiped where it is not what comes back
   */
  Snapshot ask(Store store, Identity where, Snapshot known) {
    surroundings.deadline().doing("reading " + name);
    try (CacheLock lock = CacheLock.acquire(surroundings, ASK_LOCK, patience())) {
      Snapshot now = known;
      if (lock.hasWaited()) {
        now = memory.of(where);
        known.wipe();
        if (now.isFresh(nature.now(), period) || (!lock.isHeld() && canBeAnswered(now))) {
          return now;
        }
      }
      surroundings.deadline().reserve(now.entries().isEmpty() ? 0 : RESERVE_MILLIS);
      try {
        List<Snapshot.Refused> before = memory.refused(where);
        List<Entry> found = store.find(where);
        now.wipe();
        return told(where, found, before);
      } catch (StoreException e) {
        return failed(where, now, e);
      } finally {
        surroundings.deadline().reserve(0);
      }
    }
  }

  /** Whether there is one that no server refused and that has not expired. */
  private boolean canBeAnswered(Snapshot known) {
    List<Entry> marked = known.marked();
    boolean canBe = false;
    for (int i = 0; i < marked.size(); i++) {
      canBe |= !marked.get(i).isOver(nature.now());
    }
    return canBe;
  }

  private long patience() {
    long left = surroundings.deadline().remainingMillis() - RESERVE_MILLIS;
    return surroundings.deadline().isWatched()
        ? Math.min(PATIENCE_MILLIS, Math.max(0, left))
        : PATIENCE_MILLIS;
  }

  /**
   * Remembers what was found.
   *
   * @param before what had been refused when the store was asked
   */
  private Snapshot told(Identity where, List<Entry> found, List<Snapshot.Refused> before) {
    long now = nature.now();
    CacheLock lock = memory.lock();
    try (lock) {
      // Now, and not from what was known before asking: one may have been refused meanwhile.
      List<Snapshot.Refused> refused = memory.refused(where);
      int wanted = isOfUse(Snapshot.mark(found, refused), now) ? period : Math.min(period, SHORT);
      double spread = 1 - Snapshot.SPREAD + 2 * Snapshot.SPREAD * nature.chance();
      // What was refused meanwhile was read before that: whether there is a newer one is not known.
      long askAt = isOvertaken(found, refused, before) ? now : now + Math.round(wanted * spread);
      Snapshot told = new Snapshot(now, askAt, 0, 0, null, found, refused);
      memory.keep(where, told, now);
      return told;
    }
  }

  /** Whether one of these was refused, and had not been before. */
  private static boolean isOvertaken(
      List<Entry> found, List<Snapshot.Refused> refused, List<Snapshot.Refused> before) {
    for (int i = 0; i < refused.size(); i++) {
      boolean isNew = true;
      for (int j = 0; j < before.size(); j++) {
        isNew &= !before.get(j).isSameAs(refused.get(i));
      }
      for (int j = 0; isNew && j < found.size(); j++) {
        if (refused.get(i).isOf(found.get(j))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether some can be answered, and none waits for another one to come into its place. */
  private static boolean isOfUse(List<Entry> found, long now) {
    boolean isOfUse = false;
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).setAsideAt() != 0) {
        return false;
      }
      isOfUse |= !found.get(i).isOver(now);
    }
    return isOfUse;
  }

  private Snapshot failed(Identity where, Snapshot before, StoreException problem) {
    long now = nature.now();
    CacheLock lock = memory.lock();
    try (lock) {
      Snapshot known = memory.of(where);
      before.wipe();
      if (known.problem() == null && known.isFresh(now, period)) {
        // Another process was told meanwhile.
        return known;
      }
      boolean isSaid =
          known.saidAt() != 0 && now >= known.saidAt() && now - known.saidAt() < period;
      int pause = FIRST_PAUSE << Math.min(known.failures(), MOST_DOUBLINGS);
      // Around that, by chance, so that a fleet does not come back in one beat.
      long spread = Math.round(pause * (0.5 + nature.chance()));
      long askAt = now + Math.min(problem.retryAfterSeconds() + spread, Snapshot.LONGEST_PAUSE);
      Snapshot failed =
          new Snapshot(
              known.readAt(),
              askAt,
              known.failures() + 1,
              isSaid ? known.saidAt() : now,
              problem,
              known.entries(),
              known.refused());
      if (known.readAt() != 0 || problem.reason() != Reason.UNAVAILABLE) {
        memory.keep(where, failed, now);
      }
      if (known.readAt() != 0 && !isSaid) {
        notice =
            name
                + ": "
                + problem.getMessage()
                + "; using what it said "
                + ago(now - known.readAt())
                + " ago";
      } else if (surroundings.messages() != null) {
        surroundings.messages().trace(problem);
      }
      return failed;
    }
  }

  private static String ago(long seconds) {
    long minutes = Math.max(0, seconds) / 60;
    long hours = minutes / 60;
    return minutes == 1
        ? "1 minute"
        : hours < 2 ? minutes + " minutes" : hours < 48 ? hours + " hours" : hours / 24 + " days";
  }
}
