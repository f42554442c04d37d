package io.github.gitcredentialpat.command.transfer;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.ChainWriter;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoreLock;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Imports an exported archive into our stores, each entry as it was: with its user, expiry and
 * name, and set aside if it was.
 */
final class ArchiveImport {
  /** Nobody needs the file for these any more. */
  private static final Set<ImportCandidate.Outcome> DISPENSABLE =
      EnumSet.of(
          ImportCandidate.Outcome.TAKEN,
          ImportCandidate.Outcome.KEPT_ALREADY,
          ImportCandidate.Outcome.SIGN_IN);

  private final CommandContext context;
  private final boolean dry;
  private final List<Row> rows = new ArrayList<>();
  private boolean complete = true;

  /** What became of an entry, and which store has it, or another one in its place. */
  private record Row(EntryKey key, ImportCandidate.Outcome outcome, @Nullable Store store) {}

  ArchiveImport(CommandContext context, boolean dry) {
    this.context = context;
    this.dry = dry;
  }

  /** Takes them all. Returns whether none is missing now. */
  boolean run(TokenArchive file) throws UserException, IOException, StoreException {
    List<Entry> entries = file.read();
    try {
      for (Entry entry : entries) {
        rows.add(row(entry));
      }
    } finally {
      entries.forEach(Entry::wipe);
    }
    print();
    if (file.leftOut() > 0) {
      context.say(
          "skipped "
              + (file.leftOut() == 1 ? "1 entry" : file.leftOut() + " entries")
              + " of "
              + file
              + " that git cannot use");
      complete = false;
    }
    if (complete && rows.stream().allMatch(row -> DISPENSABLE.contains(row.outcome()))) {
      context.say(
          "all tokens imported; now delete the file", "rm " + Console.word(file.toString()));
    }
    return complete;
  }

  private Row row(Entry entry) {
    if (entry.key().identity().isSignIn()) {
      // The first version exported it with the tokens.
      return new Row(entry.key(), ImportCandidate.Outcome.SIGN_IN, null);
    }
    Row row;
    context.run().surroundings().deadline().restart();
    try (StoreLock lock = context.run().lock()) {
      row = bring(entry, lock);
    } catch (StoreException e) {
      context.messages().trace(e);
      context.say(String.valueOf(e.getMessage()), e.hint());
      row = new Row(entry.key(), ImportCandidate.Outcome.NOT_KEPT, null);
    }
    complete &= row.outcome() != ImportCandidate.Outcome.NOT_KEPT;
    return row;
  }

  private Row bring(Entry entry, StoreLock lock) throws StoreException {
    EntryKey key = entry.key();
    Invocation run = context.run();
    for (Store store : run.chain().stores()) {
      run.surroundings().deadline().doing("reading " + store.name());
      Entry stored = store.capacity().writable() ? stored(store, entry) : null;
      if (stored != null) {
        boolean same = stored.secret().sameAs(entry.secret());
        boolean stays = same || !mayReplace(stored, entry);
        stored.wipe();
        if (stays) {
          return new Row(
              key,
              same ? ImportCandidate.Outcome.KEPT_ALREADY : ImportCandidate.Outcome.ANOTHER_IS_KEPT,
              store);
        }
      }
    }
    if (dry) {
      return new Row(key, ImportCandidate.Outcome.WOULD_BE_TAKEN, null);
    }
    ChainWriter placement = new ChainWriter(run, key.identity());
    placement.read(lock);
    Store store = placement.keep(entry, key, StoredEntry.describe(key));
    return store != null && holds(store, entry)
        ? new Row(key, ImportCandidate.Outcome.TAKEN, store)
        : new Row(key, ImportCandidate.Outcome.NOT_KEPT, null);
  }

  /**
   * The entry that is stored under exactly this key, or the same token of that organization under
   * any user. A store that fails is reported when it is written to.
   */
  private @Nullable Entry stored(Store store, Entry arriving) {
    EntryKey key = arriving.key();
    Entry stored = null;
    try {
      for (Entry entry : store.find(key.identity())) {
        boolean isSame =
            stored == null
                && key.identity().isOrganization()
                && entry.key().identity().equals(key.identity())
                && entry.secret().sameAs(arriving.secret());
        if (entry.key().equals(key) || isSame) {
          if (stored != null) {
            stored.wipe();
          }
          stored = entry;
        } else {
          entry.wipe();
        }
      }
    } catch (StoreException e) {
      context.messages().trace(e);
    }
    return stored;
  }

  /** A token that was rejected never replaces one that was not. */
  private static boolean mayReplace(Entry stored, Entry arriving) {
    boolean storedIsGood = stored.setAsideAt() == 0;
    boolean arrivingIsGood = arriving.setAsideAt() == 0;
    return storedIsGood == arrivingIsGood ? TokenKeeper.isNewer(arriving, stored) : arrivingIsGood;
  }

  /** Whether a store returns the entry with all its fields. */
  private boolean holds(Store store, Entry entry) throws StoreException {
    Entry stored = stored(store, entry);
    if (stored == null) {
      return false;
    }
    byte[] ours = Payload.encode(stored);
    byte[] theirs = Payload.encode(entry);
    boolean holds = Arrays.equals(ours, theirs);
    Arrays.fill(ours, (byte) 0);
    Arrays.fill(theirs, (byte) 0);
    stored.wipe();
    return holds;
  }

  private void print() throws IOException {
    if (context.json()) {
      JsonReport json = new JsonReport("entries");
      for (Row row : rows) {
        json.add()
            .place(row.key().identity())
            .put("user", row.key().user())
            .put("outcome", row.outcome().word())
            .put("store", row.store() == null ? null : row.store().name());
      }
      context.print(json.text());
      return;
    }
    TextTable table = new TextTable("TOKEN FOR", "USER", "RESULT");
    for (Row row : rows) {
      table.add(
          row.key().identity().display(),
          UserName.shown(row.key().user()),
          row.outcome().text(row.store()));
    }
    context.print(table.text(context.screen()));
  }
}
