package io.github.gitcredentialpat.command.stores;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoreHealth;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists all stores, whether each can be used here, and where tokens go. */
@Command(
    name = "stores",
    description = "List the stores: which can be used, who can read them and where new tokens go.",
    footer = {"", "Example: git-credential-pat stores --json"})
final class ListStores implements Callable<Integer> {
  private final GlobalOptions global;

  ListStores(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    // A list of stores must not open one.
    CommandContext context = global.silentContext();
    Invocation run = context.run();
    List<StoreHealth> found = new ArrayList<>();
    for (Store store : context.allStores()) {
      found.add(StoreHealth.of(run, store));
    }
    found.sort(Comparator.comparingInt(each -> rank(run, each.store())));
    Store writesHere = StoreHealth.writesHere(run, found);
    if (context.json()) {
      JsonReport json = new JsonReport("stores");
      for (StoreHealth status : found) {
        describe(json.add(), status, status.store() == writesHere);
      }
      context.print(json.text());
      return 0;
    }
    StringBuilder text = new StringBuilder();
    for (StoreHealth status : found) {
      describe(text, status, status.store() == writesHere, context);
    }
    context.print(text.toString());
    return 0;
  }

  /** A store's rank in the order in which stores are asked; last for one that is not asked. */
  private static int rank(Invocation run, Store store) {
    List<Store> asked = run.chain().stores();
    for (int i = 0; i < asked.size(); i++) {
      if (asked.get(i).name().equals(store.name())) {
        return i;
      }
    }
    return asked.size();
  }

  private static void describe(
      StringBuilder text, StoreHealth status, boolean writesHere, CommandContext context) {
    Screen screen = context.screen();
    Store store = status.store();
    boolean isAsked = rank(context.run(), store) < context.run().chain().stores().size();
    String color = !isAsked ? "" : status.problem() == null ? "32" : status.isAbsent() ? "" : "33";
    text.append(store.name()).append(": ").append(screen.color(color, state(status)));
    if (status.entries() != StoreHealth.UNKNOWN) {
      text.append(status.entries() == 1 ? ", 1 entry" : ", " + status.entries() + " entries");
    }
    text.append(writesHere ? "; new tokens go here" : isAsked ? "" : "; not used").append('\n');
    if (status.problem() != null) {
      line(text, screen, "  why:     ", status.problem().inOneLine());
    }
    if (!status.isAbsent()) {
      // A path stays in one piece.
      text.append("  where:   ").append(store.location()).append('\n');
      line(text, screen, "  readers: ", store.readers());
    }
  }

  private static void line(StringBuilder text, Screen screen, String label, String value) {
    text.append(screen.wrap(label + value, " ".repeat(label.length()))).append('\n');
  }

  private static void describe(JsonReport.Item item, StoreHealth status, boolean writesHere) {
    Store store = status.store();
    boolean available = !status.fails(Reason.UNAVAILABLE);
    item.put("name", store.name()).put("available", available);
    if (status.problem() != null) {
      item.put("reason", status.problem().inOneLine());
    }
    item.put("locked", status.fails(Reason.LOCKED));
    if (available) {
      item.put("location", store.location()).put("readers", store.readers());
    }
    if (status.entries() != StoreHealth.UNKNOWN) {
      item.put("entries", status.entries());
    }
    item.put("writesHere", writesHere);
  }

  private static String state(StoreHealth status) {
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
