package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is stored where: in the stores that the person chose, else in every writable store, since a
 * token may once have been put into any of them. A store that fails is reported, and the others are
 * read nevertheless.
 */
public final class Inventory {
  private static final Comparator<Place> BY_NAME =
      Comparator.comparing((Place place) -> place.key().identity().display())
          .thenComparing(place -> place.key().user() == null ? "" : place.key().user());

  private final Invocation run;
  private final List<Store> stores;
  private final List<Store> absent = new ArrayList<>();
  private final Set<String> said = new HashSet<>();
  private boolean complete = true;

  /** The key of an entry and the store that has it. */
  public record Place(Store store, EntryKey key) {}

  /**
   * Covers the stores of this run and, if the person chose none, all others that can be written.
   *
   * @param allStores every store there is, usable here or not
   */
  public Inventory(Invocation run, List<Store> allStores) {
    this.run = run;
    stores = new ArrayList<>(run.chain().stores());
    if (!run.chain().chosen()) {
      for (Store store : allStores) {
        if (store.capacity().writable()
            && stores.stream().noneMatch(chained -> chained.name().equals(store.name()))) {
          stores.add(store);
        }
      }
    }
  }

  /** Whether everything could be read; a store that is not here keeps nothing. */
  public boolean isComplete() {
    return complete;
  }

  /** The stores that are not here now, and could not be asked. */
  public List<Store> absent() {
    return absent;
  }

  /**
   * The keys of the tokens that are stored; reads no secret.
   *
   * @param whose absent for all; a server or host includes all that lies below it
   */
  public List<Place> places(@Nullable Resolution whose) {
    return places(
        key ->
            !key.identity().isSignIn()
                && (whose == null || isMeant(whose.identity(), key.identity())));
  }

  /** The keys of the sign-ins to Entra that are remembered, which are no tokens. */
  public List<Place> signIns() {
    return places(key -> key.identity().isSignIn());
  }

  private List<Place> places(Predicate<EntryKey> isWanted) {
    List<Place> places = new ArrayList<>();
    for (Store store : stores) {
      begin("reading " + store.name());
      try {
        List<StoreException> unread = new ArrayList<>();
        for (EntryKey key : store.list(unread)) {
          if (isWanted.test(key)) {
            places.add(new Place(store, key));
          }
        }
        unread.forEach(problem -> failed(store, problem));
      } catch (StoreException e) {
        failed(store, e);
      }
    }
    places.sort(BY_NAME);
    return places;
  }

  /**
   * The stored entries, with their secrets, which are wiped when the list is closed.
   *
   * @param whose absent for all; a server or host includes all that lies below it
   */
  public StoredEntries entries(@Nullable Resolution whose) {
    Map<Store, List<EntryKey>> keys = new LinkedHashMap<>();
    for (Place place : places(whose)) {
      keys.computeIfAbsent(place.store(), store -> new ArrayList<>()).add(place.key());
    }
    StoredEntries found = new StoredEntries();
    keys.forEach((store, meant) -> read(store, meant, found));
    found.sort(Comparator.comparing(each -> new Place(each.store(), each.entry().key()), BY_NAME));
    return found;
  }

  /**
   * What a store that fetches what it answers with has for a place, which the caller wipes; says
   * why where it failed. Absent where there is no such store.
   */
  public @Nullable StoredEntry fetched(Resolution whose) {
    for (Store store : stores) {
      if (!store.fetches()) {
        continue;
      }
      begin("reading " + store.name());
      try {
        List<StoreException> unread = new ArrayList<>();
        List<Entry> found = store.find(whose.identity(), unread);
        unread.forEach(problem -> failed(store, problem));
        if (!found.isEmpty()) {
          return new StoredEntry(store, found.get(0));
        }
      } catch (StoreException e) {
        failed(store, e);
      }
    }
    return null;
  }

  /** Reads the entries with these keys; a store that fails once is not asked again. */
  private void read(Store store, List<EntryKey> keys, StoredEntries found) {
    Map<Identity, Set<EntryKey>> byHost = new LinkedHashMap<>();
    for (EntryKey key : keys) {
      Identity identity = key.identity();
      byHost
          .computeIfAbsent(
              new Identity(identity.protocol(), identity.host(), null),
              host -> new LinkedHashSet<>())
          .add(key);
    }
    try {
      for (Map.Entry<Identity, Set<EntryKey>> each : byHost.entrySet()) {
        Set<EntryKey> left = each.getValue();
        if (left.size() > 1) {
          // At once: each search takes a keyring longer the more it holds.
          try {
            read(store, each.getKey(), left, found);
          } catch (StoreException e) {
            if (e.reason() != Reason.TIMEOUT) {
              throw e;
            }
            run.messages().trace(e);
          }
        }
        // What lies behind a lock of its own, or takes long, has five seconds of its own.
        for (EntryKey key : List.copyOf(left)) {
          if (left.contains(key)) {
            read(store, key.identity(), left, found);
          }
        }
      }
    } catch (StoreException e) {
      // One line for a locked store, not one for each of its entries.
      failed(store, e);
    }
  }

  /** Moves what a search finds of these keys to the entries. */
  private void read(Store store, Identity where, Set<EntryKey> keys, StoredEntries found)
      throws StoreException {
    begin("reading " + store.name());
    Set<EntryKey> read = new LinkedHashSet<>();
    List<StoreException> unread = new ArrayList<>();
    for (Entry entry : store.find(where, unread)) {
      if (keys.contains(entry.key())) {
        read.add(entry.key());
        found.add(new StoredEntry(store, entry));
      } else {
        entry.wipe();
      }
    }
    keys.removeAll(read);
    unread.forEach(problem -> failed(store, problem));
  }

  /** How many entries of a store cannot be read, though nothing is locked. */
  public record Damaged(Store store, int entries) {}

  /** The stores with entries that cannot be read, so that it is unknown whose they are. */
  public List<Damaged> damaged() {
    List<Damaged> damaged = new ArrayList<>();
    for (Store store : stores) {
      begin("reading " + store.name());
      try {
        int entries = store.damaged();
        if (entries > 0) {
          damaged.add(new Damaged(store, entries));
        }
      } catch (StoreException e) {
        // It was named when it was listed.
        run.messages().trace(e);
      }
    }
    return damaged;
  }

  /** Gives the next call its own five seconds: a person's command makes many. */
  public void begin(String what) {
    run.surroundings().deadline().restart();
    run.surroundings().deadline().doing(what);
  }

  private void failed(Store store, StoreException problem) {
    if (problem.reason() == Reason.UNAVAILABLE
        && !problem.hidesEntries()
        && !run.chain().chosen()) {
      run.messages().trace(problem);
      absent.add(store);
    } else if (said.add(store.name() + problem.getMessage())) {
      run.report(store, problem);
      complete = false;
    }
  }

  private static boolean isMeant(Identity meant, Identity stored) {
    if (meant.path() == null || meant.equals(stored)) {
      return meant.protocol().equals(stored.protocol()) && meant.host().equals(stored.host());
    }
    // A Server's collection that was typed without a repository behind it, which would tell.
    return meant.protocol().equals(stored.protocol())
        && meant.host().equals(stored.host())
        && meant.path().toLowerCase(Locale.ROOT).equals(stored.path());
  }
}
