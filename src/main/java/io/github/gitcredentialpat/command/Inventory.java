package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept where: in the stores that the person chose, else in every store that can be written,
 * for a token may have been put into any of them once. A store that fails is named, and the others
 * are read all the same.
 */
final class Inventory {
  private final Run run;
  private final List<Store> stores;
  private final List<Store> absent = new ArrayList<>();
  private boolean complete = true;

  /** The key of an entry and the store that has it. */
  record Place(Store store, EntryKey key) {}

  Inventory(Session session) {
    run = session.run();
    stores = new ArrayList<>(run.chain().stores());
    if (!run.chain().chosen()) {
      for (Store store : session.allStores()) {
        if (store.capacity().writable()
            && stores.stream().noneMatch(chained -> chained.name().equals(store.name()))) {
          stores.add(store);
        }
      }
    }
  }

  /** Whether everything could be read; a store that is not here keeps nothing. */
  boolean isComplete() {
    return complete;
  }

  /** The stores that are not here now, and could not be asked. */
  List<Store> absent() {
    return absent;
  }

  /**
   * The keys of what is kept; reads no secret.
   *
   * @param whose absent for all; a server or host is meant with all that lies below it
   */
  List<Place> places(@Nullable Whose whose) {
    List<Place> places = new ArrayList<>();
    for (Store store : stores) {
      begin("reading " + store.name());
      try {
        for (EntryKey key : store.list()) {
          if (whose == null || isMeant(whose.identity(), key.identity())) {
            places.add(new Place(store, key));
          }
        }
      } catch (StoreException e) {
        failed(store, e);
      }
    }
    places.sort(
        Comparator.comparing((Place place) -> place.key().identity().display())
            .thenComparing(place -> place.key().user() == null ? "" : place.key().user()));
    return places;
  }

  /** The entries that are kept, with their secrets, which the caller wipes. */
  List<Kept> entries(@Nullable Whose whose) {
    List<Kept> kept = new ArrayList<>();
    List<Place> places = places(whose);
    Set<Store> failed = new LinkedHashSet<>();
    for (Place place : places) {
      if (failed.contains(place.store())) {
        continue;
      }
      begin("reading " + place.store().name());
      try {
        for (Entry entry : place.store().find(place.key().identity())) {
          if (entry.key().equals(place.key())) {
            kept.add(new Kept(place.store(), entry));
          } else {
            entry.wipe();
          }
        }
      } catch (StoreException e) {
        // One line for a locked store, not one for each of its entries.
        failed.add(place.store());
        failed(place.store(), e);
      }
    }
    return kept;
  }

  /** Each call has its own five seconds: a person's command goes through many. */
  void begin(String what) {
    run.surroundings().deadline().promptClosed();
    run.surroundings().deadline().doing(what);
  }

  private void failed(Store store, StoreException problem) {
    if (problem.reason() == Reason.UNAVAILABLE && !run.chain().chosen()) {
      run.messages().trace(problem);
      absent.add(store);
    } else {
      run.report(store, problem);
      complete = false;
    }
  }

  private static boolean isMeant(Identity meant, Identity kept) {
    if (meant.path() == null || meant.equals(kept)) {
      return meant.protocol().equals(kept.protocol()) && meant.host().equals(kept.host());
    }
    // A Server's collection that was typed without a repository behind it, which would tell.
    return meant.protocol().equals(kept.protocol())
        && meant.host().equals(kept.host())
        && meant.path().toLowerCase(Locale.ROOT).equals(kept.path());
  }
}
