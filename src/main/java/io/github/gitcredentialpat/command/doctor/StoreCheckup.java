package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoreHealth;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks the stores that git's helper asks, and the tokens in them. */
final class StoreCheckup {
  private final CommandContext context;
  private final Invocation run;
  private final Subject place;
  private final Report findings;

  StoreCheckup(CommandContext context, Subject place, Report findings) {
    this.context = context;
    this.run = context.run();
    this.place = place;
    this.findings = findings;
  }

  /**
   * Looks at all of it.
   *
   * @return the tokens for the place, with their secrets, which the caller wipes
   */
  List<StoredEntry> look() {
    List<StoreHealth> found = new ArrayList<>();
    List<StoredEntry> stored = new ArrayList<>();
    boolean all = true;
    for (Store store : run.chain().stores()) {
      StoreHealth status = StoreHealth.of(run, store);
      found.add(status);
      if (store.fetches() && status.problem() == null) {
        findings.look(() -> fetched(store, stored));
        // What it has is told; that a token is missing would be half of it.
        all = false;
        continue;
      }
      if (store.isShared() && status.problem() == null) {
        findings.add(
            Diagnosis.STORE_SHARED, PublicText.store(store), PublicText.count(status.entries()));
        findings.look(() -> shared(store, stored));
        continue;
      }
      store(status);
      all &= status.problem() == null || status.isAbsent();
      if (status.problem() == null || status.fails(Reason.DAMAGED) || status.fails(Reason.FAILED)) {
        findings.look(() -> damaged(store));
      }
      if (status.problem() == null) {
        findings.look(() -> tokens(store, stored));
      }
    }
    if (StoreHealth.writesHere(run, found) == null
        && run.chain().stores().stream().noneMatch(each -> each.fetches() || each.isShared())) {
      findings.add(Diagnosis.STORES_NONE);
    }
    findings.look(this::signIns);
    if (place.whose() != null) {
      places(stored, all);
    }
    long now = run.now();
    for (StoredEntry each : stored) {
      token(each, now);
    }
    return stored;
  }

  private void store(StoreHealth status) {
    PublicText store = PublicText.store(status.store());
    if (status.problem() == null && status.store().capacity().writable()) {
      findings.add(Diagnosis.STORE_READY, store, PublicText.count(status.entries()));
    } else if (status.problem() == null) {
      boolean isEmpty = status.entries() == 0;
      findings.add(isEmpty ? Diagnosis.STORE_EMPTY : Diagnosis.STORE_READ_ONLY, store);
    } else {
      findings.add(
          switch (status.problem().reason()) {
            case UNAVAILABLE ->
                run.chain().chosen() || !status.isAbsent()
                    ? Diagnosis.STORE_FAILED
                    : Diagnosis.STORE_ABSENT;
            case LOCKED -> Diagnosis.STORE_LOCKED;
            case TIMEOUT -> Diagnosis.STORE_SLOW;
            default -> Diagnosis.STORE_FAILED;
          },
          store);
    }
  }

  /** Reports what answers for the place, and until when; fetches a token where none is stored. */
  private void fetched(Store store, List<StoredEntry> stored) throws StoreException {
    if (place.whose() == null || !place.whose().identity().isOrganization()) {
      findings.add(Diagnosis.STORE_READ_ONLY, PublicText.store(store));
      return;
    }
    run.surroundings().deadline().restart();
    List<StoreException> unread = new ArrayList<>();
    List<Entry> found = store.find(place.whose().identity(), unread);
    unread.forEach(run.messages()::trace);
    if (!unread.isEmpty()) {
      findings.add(Diagnosis.ACCESS_TOKEN_FAILED, PublicText.store(store), place.fact());
    }
    for (Entry entry : found) {
      findings.add(
          Diagnosis.ACCESS_TOKEN,
          PublicText.store(store),
          PublicText.rung(entry),
          place.fact(),
          PublicText.minute(entry.expiry().at()));
      stored.add(new StoredEntry(store, entry));
    }
  }

  /** Reads what git would be answered with for the place, and says when that was fetched. */
  private void shared(Store store, List<StoredEntry> stored) {
    if (place.whose() == null) {
      return;
    }
    run.surroundings().deadline().restart();
    List<StoreException> unread = new ArrayList<>();
    try {
      for (Entry entry : store.find(place.whose().identity(), unread)) {
        stored.add(new StoredEntry(store, entry));
      }
    } catch (StoreException e) {
      unread.add(e);
    }
    unread.forEach(run.messages()::trace);
    if (!unread.isEmpty()) {
      findings.add(Diagnosis.STORE_FAILED, PublicText.store(store));
    }
    long readAt = store.rememberedSince(place.whose().identity());
    if (readAt != 0) {
      findings.add(
          Diagnosis.STORE_REMEMBERED,
          PublicText.store(store),
          place.fact(),
          PublicText.minute(readAt));
    }
  }

  /** What can make tokens is none, and shown by no list of them. */
  private void signIns() {
    for (Store store : context.allStores()) {
      run.surroundings().deadline().restart();
      try {
        if (store.list().stream().anyMatch(key -> key.identity().isSignIn())) {
          findings.add(Diagnosis.SIGN_IN, PublicText.store(store));
        }
      } catch (StoreException e) {
        // What is wrong with the store is said elsewhere.
        run.messages().trace(e);
      }
    }
  }

  private void damaged(Store store) throws StoreException {
    run.surroundings().deadline().restart();
    int damaged = store.damaged();
    if (damaged > 0) {
      findings.add(Diagnosis.STORE_DAMAGED, PublicText.store(store), PublicText.count(damaged));
    }
  }

  private void tokens(Store store, List<StoredEntry> stored) throws StoreException {
    Set<Identity> identities = new LinkedHashSet<>();
    if (place.whose() != null) {
      identities.add(place.whose().identity());
    } else {
      run.surroundings().deadline().restart();
      for (EntryKey key : store.list()) {
        if (!key.identity().isSignIn()) {
          identities.add(key.identity());
        }
      }
    }
    for (Identity identity : identities) {
      run.surroundings().deadline().restart();
      for (Entry entry : store.find(identity)) {
        stored.add(new StoredEntry(store, entry));
      }
      if (store.notice() != null) {
        findings.add(Diagnosis.TOKEN_MARKED, PublicText.store(store));
      }
    }
  }

  /** Reports how many tokens there are for the place in question. */
  private void places(List<StoredEntry> stored, boolean all) {
    long usable =
        stored.stream()
            .filter(each -> each.entry().setAsideAt() == 0 && !each.store().fetches())
            .count();
    if (usable > 1) {
      findings.add(Diagnosis.TOKEN_SEVERAL, PublicText.count(usable), place.fact(), place.typed());
    } else if (usable == 1) {
      findings.add(Diagnosis.TOKEN, place.fact());
    } else if (all) {
      findings.add(Diagnosis.TOKEN_NONE, place.fact(), place.typed());
    }
    for (Store store : context.allStores()) {
      boolean isAsked =
          run.chain().stores().stream().anyMatch(asked -> asked.name().equals(store.name()));
      if (!isAsked && store.capacity().writable() && hasToken(store)) {
        findings.add(Diagnosis.TOKEN_ELSEWHERE, place.fact(), PublicText.store(store));
      }
    }
  }

  private boolean hasToken(Store store) {
    run.surroundings().deadline().restart();
    try {
      return store.list().stream().anyMatch(key -> key.identity().equals(place.whose().identity()));
    } catch (StoreException e) {
      run.messages().trace(e);
      return false;
    }
  }

  private void token(StoredEntry stored, long now) {
    Entry entry = stored.entry();
    PublicText where = PublicText.place(stored.identity());
    PublicText typed = PublicText.typed(stored.identity());
    if (entry.setAsideAt() != 0) {
      findings.add(Diagnosis.TOKEN_SET_ASIDE, where, typed, PublicText.date(entry.setAsideAt()));
    } else if (entry.expiry() != null && entry.expiry().isRenewed()) {
      return;
    } else if (entry.expiry() != null && TokenLifetime.endsSoon(entry.expiry().at(), now)) {
      boolean isOver = entry.expiry().at() <= now;
      findings.add(
          isOver ? Diagnosis.TOKEN_EXPIRED : Diagnosis.TOKEN_EXPIRING,
          where,
          typed,
          PublicText.date(entry.expiry().at()));
    }
    boolean isAzure = stored.identity().isOrganization() || place.isOf(Resolution.Kind.COLLECTION);
    if (isAzure && entry.secret().authtype() == null && !isLikeToken(entry)) {
      findings.add(Diagnosis.TOKEN_MISTYPED, where, typed);
    }
  }

  private static boolean isLikeToken(Entry entry) {
    return TokenFormat.isLike(new String(entry.secret().bytes(), StandardCharsets.UTF_8));
  }
}
