package io.github.gitcredentialpat.command.transfer;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes what is stored into one encrypted file, for another machine. */
@Command(
    name = "export",
    description = {
      "Write stored tokens to an encrypted file for another machine.",
      "Names, scopes and expiry dates are included. Import them there with import --encrypted FILE.",
      ""
    },
    footer = {"", "Example: git-credential-pat export --encrypted tokens.gcpx"})
final class Export implements Callable<Integer> {
  private final GlobalOptions global;

  @Parameters(
      arity = "0..*",
      paramLabel = "ORG|URL",
      description = "Only these organizations, collections or hosts.")
  private List<String> places = List.of();

  @Option(
      names = "--encrypted",
      paramLabel = "FILE",
      description = "File to write. Asks for a passphrase, or reads it from a pipe.")
  private @Nullable String encrypted;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  Export(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException, StoreException {
    if (encrypted == null) {
      throw UserException.wrongUsage(
          "tokens are never written in plain text; use --encrypted FILE");
    }
    CommandContext context = global.context();
    TokenArchive file = new TokenArchive(context, encrypted);
    if (file.isTaken() && !force) {
      throw UserException.couldNot(file + " already exists; choose another file or use --force");
    }
    Inventory inventory = context.inventory();
    List<StoredEntry> chosen = chosen(inventory, context.run().now());
    try {
      if (!inventory.isComplete()) {
        throw UserException.couldNot(
            "cannot read all tokens, nothing written; unlock that store or choose others with --store");
      }
      if (chosen.isEmpty()) {
        throw UserException.couldNot("no tokens stored there; nothing written");
      }
      file.write(chosen.stream().map(StoredEntry::entry).toList(), force);
    } finally {
      chosen.forEach(each -> each.entry().wipe());
    }
    print(context, chosen);
    context.done(
        "exported " + chosen.size() + (chosen.size() == 1 ? " token to " : " tokens to ") + file);
    context.say(
        "copy it to the other machine, import it there and delete it",
        "git-credential-pat import --encrypted FILE");
    return 0;
  }

  /**
   * The entries to export, one for each key: of copies in several stores, the one that git would
   * get.
   */
  private List<StoredEntry> chosen(Inventory inventory, long now) throws UserException {
    Map<EntryKey, StoredEntry> chosen = new LinkedHashMap<>();
    List<Resolution> wanted = new ArrayList<>();
    for (String place : places) {
      wanted.add(TypedPlace.resolve(place));
    }
    if (wanted.isEmpty()) {
      wanted.add(null);
    }
    for (Resolution whose : wanted) {
      for (StoredEntry each : inventory.entries(whose)) {
        StoredEntry other = chosen.get(each.entry().key());
        if (!each.store().capacity().writable()) {
          each.entry().wipe();
        } else if (other == null) {
          chosen.put(each.entry().key(), each);
        } else if (other.entry().isOver(now) && !each.entry().isOver(now)) {
          other.entry().wipe();
          chosen.put(each.entry().key(), each);
        } else {
          each.entry().wipe();
        }
      }
    }
    return List.copyOf(chosen.values());
  }

  private static void print(CommandContext context, List<StoredEntry> chosen) throws IOException {
    if (context.json()) {
      JsonReport json = new JsonReport("entries");
      for (StoredEntry each : chosen) {
        json.add()
            .place(each.identity())
            .put("user", each.entry().key().user())
            .put("store", each.store().name());
      }
      context.print(json.text());
      return;
    }
    TextTable table = new TextTable("TOKEN FOR", "USER", "STORE");
    for (StoredEntry each : chosen) {
      table.add(
          each.identity().display(),
          UserName.shown(each.entry().key().user()),
          each.store().name());
    }
    context.print(table.text(context.screen()));
  }
}
