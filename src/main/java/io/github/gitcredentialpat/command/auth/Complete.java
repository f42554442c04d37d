package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntries;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Prints what a shell may complete, one word on each line, from what is stored on this machine. It
 * asks nobody, unlocks nothing and calls no service; what cannot be read within a second is left
 * out silently.
 */
@Command(
    name = "complete",
    hidden = true,
    description = "Print the words that a shell may complete.",
    footer = {"", "Example: git-credential-pat complete places tokens -- token rotate contoso"})
final class Complete implements Callable<Integer> {
  private static final long PATIENCE_MILLIS = 1_000;

  private final GlobalOptions global;

  /** What words are wanted. */
  enum What {
    /** The organizations, and the URLs of servers and other hosts. */
    PLACES,
    /** The organizations alone. */
    ORGANIZATIONS,
    /** The user names of the accounts. */
    ACCOUNTS,
    /** The names of the tokens on the server, where they are known. */
    TOKENS
  }

  @Parameters(
      arity = "1..*",
      paramLabel = "WHAT",
      description = "What is wanted; a second one, once a place was typed.")
  private List<String> words;

  Complete(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    List<String> typed = global.argumentsAfterDoubleDash();
    return run(global, words.subList(0, words.size() - typed.size()), typed);
  }

  /**
   * Prints the words.
   *
   * @param wanted names of {@link What}
   * @param typed what stands on the command line so far
   */
  static int run(GlobalOptions global, List<String> wanted, List<String> typed)
      throws UserException, IOException {
    CommandContext context = global.silentContext();
    List<What> kinds = new ArrayList<>();
    for (String word : wanted) {
      kinds.add(What.valueOf(word.toUpperCase(Locale.ROOT)));
    }
    if (kinds.isEmpty()) {
      return 0;
    }
    Set<String> found = new ConcurrentSkipListSet<>();
    Thread reader = new Thread(() -> read(context, kinds, typed, found), "reader");
    reader.setDaemon(true);
    reader.start();
    try {
      reader.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    StringBuilder text = new StringBuilder();
    for (String word : found) {
      text.append(word).append('\n');
    }
    context.print(text.toString());
    return 0;
  }

  private static void read(
      CommandContext context, List<What> wanted, List<String> typed, Set<String> found) {
    try {
      read(silent(context), wanted, typed, found);
    } catch (RuntimeException e) {
      // Nobody asked for anything: a shell shows what was found until then.
      context.messages().trace(e);
    }
  }

  private static void read(
      Inventory inventory, List<What> wanted, List<String> typed, Set<String> found) {
    List<EntryKey> keys = inventory.places(null).stream().map(Inventory.Place::key).toList();
    List<EntryKey> meant = keys.stream().filter(key -> isTyped(key, typed)).toList();
    What what = wanted.get(meant.isEmpty() ? 0 : wanted.size() - 1);
    List<EntryKey> chosen = meant.isEmpty() ? keys : meant;
    switch (what) {
      case PLACES -> keys.forEach(key -> add(key.identity().display(), found));
      case ORGANIZATIONS ->
          keys.stream()
              .filter(key -> key.identity().isOrganization())
              .forEach(key -> add(key.identity().display(), found));
      case ACCOUNTS ->
          chosen.stream()
              .map(EntryKey::user)
              .filter(UserName::isName)
              .forEach(user -> add(user, found));
      case TOKENS -> names(inventory, chosen, found);
    }
  }

  /** Adds the tokens' names, which are stored beside the secrets. */
  private static void names(Inventory inventory, List<EntryKey> chosen, Set<String> found) {
    Set<EntryKey> keys = Set.copyOf(chosen);
    try (StoredEntries entries = inventory.entries(null)) {
      for (StoredEntry each : entries) {
        if (each.entry().name() != null && keys.contains(each.entry().key())) {
          add(each.entry().name(), found);
        }
      }
    }
  }

  private static boolean isTyped(EntryKey key, List<String> typed) {
    return typed.stream().anyMatch(word -> word.equalsIgnoreCase(key.identity().display()));
  }

  private static void add(String word, Set<String> found) {
    if (!word.isEmpty() && word.chars().allMatch(c -> c >= ' ' && c != 0x7f)) {
      found.add(word);
    }
  }

  /** The inventory, without messages about what could not be read. */
  private static Inventory silent(CommandContext context) {
    Invocation run = context.run();
    return new Inventory(
        new Invocation(
            run.chain(),
            run.surroundings(),
            new Console(OutputStream.nullOutputStream(), false),
            run.now()),
        context.allStores());
  }
}
