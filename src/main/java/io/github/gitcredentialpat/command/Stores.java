package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code stores}: every store there is, whether it can be used here, and where tokens go. */
public final class Stores {
  private final Run run;
  private final List<Store> all;
  private final OutputStream out;

  /**
   * The command.
   *
   * @param run the chain that this run uses; nobody is to be asked for anything in it
   * @param all every store
   * @param out where the list goes
   */
  public Stores(Run run, List<Store> all, OutputStream out) {
    this.run = run;
    this.all = all;
    this.out = out;
  }

  /** What is known of a store: how many entries it keeps if that can be told, and what is wrong. */
  private record Status(Store store, int entries, @Nullable StoreException problem) {
    static final int UNKNOWN = -1;

    boolean fails(Reason reason) {
      return problem != null && problem.reason() == reason;
    }
  }

  /**
   * Runs it.
   *
   * @return 0 done, 2 for wrong usage
   */
  public int run(List<String> arguments) throws IOException {
    if (!arguments.isEmpty()) {
      run.messages().say("usage: git-credential-pat stores");
      return 2;
    }
    List<Status> found = new ArrayList<>();
    for (Store store : all) {
      found.add(status(store));
    }
    Store writesHere = writesHere(found);
    StringBuilder text = new StringBuilder();
    for (Status status : found) {
      describe(text, status, status.store() == writesHere);
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
    return 0;
  }

  private Status status(Store store) {
    // Each has its own five seconds, whatever the one before it needed.
    run.surroundings().deadline().promptClosed();
    int entries = Status.UNKNOWN;
    try {
      List<EntryKey> keys = store.list();
      entries = keys.size();
      if (entries > 0) {
        // Names can be seen through a lock; only reading an entry tells whether it can be read.
        for (Entry entry : store.find(keys.get(0).identity())) {
          entry.wipe();
        }
      }
      return new Status(store, entries, null);
    } catch (StoreException e) {
      run.messages().trace(e);
      return new Status(store, entries, e);
    }
  }

  /** The store of the chain that a new token would go to, as {@code store} decides it. */
  private @Nullable Store writesHere(List<Status> found) {
    for (Store store : run.chain().stores()) {
      for (Status status : found) {
        if (!status.store().name().equals(store.name())) {
          continue;
        }
        if (status.problem() == null) {
          return store.capacity().writable() ? status.store() : null;
        }
        boolean passedOver =
            status.fails(Reason.UNAVAILABLE)
                || (status.fails(Reason.LOCKED) && run.chain().chosen());
        if (!passedOver) {
          return null;
        }
      }
    }
    return null;
  }

  private static void describe(StringBuilder text, Status status, boolean writesHere) {
    Store store = status.store();
    text.append(store.name()).append(": ").append(state(status));
    if (status.entries() != Status.UNKNOWN) {
      text.append(status.entries() == 1 ? ", 1 entry" : ", " + status.entries() + " entries");
    }
    text.append(writesHere ? "; new tokens go here\n" : "\n");
    if (status.problem() != null) {
      text.append("  why:     ").append(status.problem().getMessage()).append('\n');
    }
    if (!status.fails(Reason.UNAVAILABLE)) {
      text.append("  where:   ").append(store.location()).append('\n');
      text.append("  readers: ").append(store.readers()).append('\n');
    }
  }

  private static String state(Status status) {
    if (status.problem() == null) {
      return status.store().capacity().writable() ? "ready" : "read only";
    }
    return switch (status.problem().reason()) {
      case UNAVAILABLE -> "not available";
      case LOCKED -> "locked";
      case TIMEOUT -> "does not answer";
      default -> "cannot be read";
    };
  }
}
