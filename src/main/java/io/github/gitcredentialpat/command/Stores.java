package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Every store there is, whether it can be used here, and where tokens go. */
@Command(
    name = "stores",
    description = "List every store: whether it can be used, who reads it, where new tokens go.",
    footer = {"", "Example: git-credential-pat stores --json"})
final class Stores implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Override
  public Integer call() throws CommandException, IOException {
    // A list of stores must not open one.
    Session session = commands.silentSession();
    Invocation run = session.run();
    List<StoreStatus> found = new ArrayList<>();
    for (Store store : session.allStores()) {
      found.add(StoreStatus.of(run, store));
    }
    Store writesHere = StoreStatus.writesHere(run, found);
    if (session.json()) {
      Json json = new Json("stores");
      for (StoreStatus status : found) {
        describe(json.add(), status, status.store() == writesHere);
      }
      session.print(json.text());
      return 0;
    }
    StringBuilder text = new StringBuilder();
    for (StoreStatus status : found) {
      describe(text, status, status.store() == writesHere);
    }
    session.print(text.toString());
    return 0;
  }

  private static void describe(StringBuilder text, StoreStatus status, boolean writesHere) {
    Store store = status.store();
    text.append(store.name()).append(": ").append(state(status));
    if (status.entries() != StoreStatus.UNKNOWN) {
      text.append(status.entries() == 1 ? ", 1 entry" : ", " + status.entries() + " entries");
    }
    text.append(writesHere ? "; new tokens go here\n" : "\n");
    if (status.problem() != null) {
      text.append("  why:     ").append(status.problem().getMessage()).append('\n');
    }
    if (!status.isAbsent()) {
      text.append("  where:   ").append(store.location()).append('\n');
      text.append("  readers: ").append(store.readers()).append('\n');
    }
  }

  private static void describe(Json.Item item, StoreStatus status, boolean writesHere) {
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
    if (status.entries() != StoreStatus.UNKNOWN) {
      item.put("entries", status.entries());
    }
    item.put("writesHere", writesHere);
  }

  private static String state(StoreStatus status) {
    if (status.problem() == null) {
      return status.store().capacity().writable() ? "ready" : "read only";
    }
    if (status.isAbsent()) {
      return "not available";
    }
    return switch (status.problem().reason()) {
      case LOCKED -> "locked";
      case TIMEOUT -> "does not answer";
      default -> "cannot be read";
    };
  }
}
