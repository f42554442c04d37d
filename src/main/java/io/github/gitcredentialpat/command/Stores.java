package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Every store there is, whether it can be used here, and where tokens go. */
@Command(
    name = "stores",
    description = "List every store: whether it can be used, who reads it, where new tokens go.",
    footer = {"", "Example: git-credential-pat stores --json"})
final class Stores implements Callable<Integer> {
  @ParentCommand private Commands commands;

  private Run run;

  /** What is known of a store: how many entries it keeps if that can be told, and what is wrong. */
  private record Status(Store store, int entries, @Nullable StoreException problem) {
    static final int UNKNOWN = -1;

    boolean fails(Reason reason) {
      return problem != null && problem.reason() == reason;
    }
  }

  @Override
  public Integer call() throws CommandException, IOException {
    // A list of stores must not open one.
    Session session = commands.silentSession();
    run = session.run();
    List<Status> found = new ArrayList<>();
    for (Store store : session.allStores()) {
      found.add(status(store));
    }
    Store writesHere = writesHere(found);
    if (session.json()) {
      Json json = new Json("stores");
      for (Status status : found) {
        describe(json.add(), status, status.store() == writesHere);
      }
      session.print(json.text());
      return 0;
    }
    StringBuilder text = new StringBuilder();
    for (Status status : found) {
      describe(text, status, status.store() == writesHere);
    }
    session.print(text.toString());
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

  private static void describe(Json.Item item, Status status, boolean writesHere) {
    Store store = status.store();
    boolean available = !status.fails(Reason.UNAVAILABLE);
    item.put("name", store.name()).put("available", available);
    if (status.problem() != null) {
      item.put("reason", status.problem().getMessage());
    }
    item.put("locked", status.fails(Reason.LOCKED));
    if (available) {
      item.put("location", store.location()).put("readers", store.readers());
    }
    if (status.entries() != Status.UNKNOWN) {
      item.put("entries", status.entries());
    }
    item.put("writesHere", writesHere);
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
