package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Brings over what other programs keep for Azure DevOps. Nothing of theirs is touched unless asked
 * for, and then only what was read back from our store.
 */
@Command(
    name = "import",
    description = {
      "Bring over the tokens that other programs keep, or those that export wrote.",
      "The programs are git's own helpers, Git Credential Manager, az devops and ~/.netrc. Of several"
          + " for one place the newest is taken; one that is kept here is only replaced by one that"
          + " is newer.",
      ""
    },
    footer = {"", "Example: git-credential-pat import --dry-run"})
final class Import implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Option(
      names = "--from",
      paramLabel = "SOURCE",
      completionCandidates = ImportSource.Names.class,
      description = "Only from: " + ImportSource.NAMES + ".")
  private @Nullable String from;

  @Option(
      names = "--encrypted",
      paramLabel = "FILE",
      description = "From a file that export --encrypted wrote on another machine; all it holds.")
  private @Nullable String encrypted;

  @Option(names = "--dry-run", description = "Show what would be done, and do nothing.")
  private boolean dry;

  @Option(
      names = "--delete",
      description = "Delete at its source what was brought over, once it was read back from here.")
  private boolean delete;

  @Option(names = "--all", description = "Bring over the passwords of all other https hosts too.")
  private boolean all;

  @Option(
      names = "--organization",
      paramLabel = "NAME",
      description = "Whose tokens those for dev.azure.com are that do not say it.")
  private @Nullable String organization;

  private Session session;
  private boolean complete = true;

  @Override
  public Integer call() throws CommandException, IOException, StoreException {
    session = commands.session();
    if (encrypted != null) {
      if (from != null || delete || organization != null) {
        throw CommandException.wrongUsage(
            "--encrypted takes all that its file holds and leaves the file; leave out --from,"
                + " --delete and --organization");
      }
      return new EncryptedImport(session, dry).run(new EncryptedFile(session, encrypted)) ? 0 : 1;
    }
    if (organization != null && !Session.whose(organization).identity().isOrganization()) {
      throw CommandException.wrongUsage(
          "--organization takes the name of an organisation, as in contoso");
    }
    List<Finding> findings = findings();
    try {
      for (List<Finding> rivals : byPurpose(findings).values()) {
        bring(rivals);
      }
      if (delete && !dry) {
        findings.stream().filter(Finding::isKept).forEach(this::delete);
      }
      print(findings);
    } finally {
      findings.forEach(Finding::wipe);
    }
    return complete ? 0 : 1;
  }

  private List<Finding> findings() throws CommandException {
    List<Finding> findings = new ArrayList<>();
    for (ImportSource source : ImportSource.of(session, from)) {
      begin("reading " + source.place());
      try {
        for (ForeignEntry foreign : source.entries().list()) {
          findings.add(new Finding(source, foreign, organization, all));
        }
      } catch (StoreException e) {
        if (e.reason() == Reason.UNAVAILABLE && from == null) {
          session.messages().trace(e);
        } else {
          failed(source, e);
        }
      }
    }
    return findings;
  }

  /** Reads those that are wanted; those that can be used for the same come together. */
  private Map<EntryKey, List<Finding>> byPurpose(List<Finding> findings) {
    Map<EntryKey, List<Finding>> purposes = new LinkedHashMap<>();
    Set<ImportSource> failed = new LinkedHashSet<>();
    List<Entry> kept = findings.stream().anyMatch(Finding::isOpen) ? kept() : List.of();
    for (Finding finding : findings) {
      if (!finding.isWanted() && !finding.isOpen()) {
        continue;
      }
      if (failed.contains(finding.source())) {
        finding.become(Finding.Outcome.NOT_READ);
        continue;
      }
      begin("reading " + finding.source().place());
      try {
        finding.read(session.run().now());
        if (finding.wasMarked()) {
          session.say(
              "removed quotes or invisible characters around the token for " + finding.display());
        }
        if (finding.isOpen()) {
          finding.recognize(kept);
        }
        if (finding.isWanted()) {
          purposes.computeIfAbsent(finding.purpose(), key -> new ArrayList<>()).add(finding);
        }
      } catch (StoreException e) {
        finding.become(Finding.Outcome.NOT_READ);
        failed(finding.source(), e);
        // One line for a locked keyring, not one for each of its entries.
        if (e.reason() != Reason.FAILED) {
          failed.add(finding.source());
        }
      }
    }
    kept.forEach(Entry::wipe);
    return purposes;
  }

  /** The tokens of all organisations in our stores; a store that fails is told of later. */
  private List<Entry> kept() {
    List<Entry> kept = new ArrayList<>();
    for (Store store : session.run().chain().stores()) {
      begin("reading " + store.name());
      try {
        if (store.capacity().writable()) {
          kept.addAll(store.find(new Identity("https", Identity.SERVICES_HOST, null)));
        }
      } catch (StoreException e) {
        session.messages().trace(e);
      }
    }
    return kept;
  }

  /** Brings over the newest; the first one where nobody knows which that is. */
  private void bring(List<Finding> rivals) {
    Finding newest = rivals.get(0);
    for (Finding rival : rivals) {
      if (TokenKeeper.isNewer(rival.entry(), newest.entry())) {
        newest = rival;
      }
    }
    bring(newest);
    for (Finding rival : rivals) {
      if (rival != newest && rival.isSame(newest)) {
        rival.becomeAs(newest);
      } else if (rival != newest) {
        rival.become(Finding.Outcome.NEWER_WAS_FOUND);
      }
    }
  }

  private void bring(Finding finding) {
    Entry theirs = finding.entry();
    long now = session.run().now();
    Entry ours =
        Entry.of(theirs.key(), theirs.secret(), theirs.storedAt() == 0 ? now : theirs.storedAt())
            .with(theirs.expiry(), theirs.refreshToken());
    String named = finding.whose().isAzure() ? null : finding.user();
    TokenKeeper keeping = new TokenKeeper(session.run(), finding.whose(), named);
    try {
      TokenKeeper.Brought brought =
          keeping.bring(
              ours, finding.user(), (kept, arriving) -> TokenKeeper.isNewer(theirs, kept), dry);
      switch (brought.outcome()) {
        case STORED ->
            finding.become(
                dry ? Finding.Outcome.WOULD_BE_TAKEN : Finding.Outcome.TAKEN, brought.store());
        case ALREADY_STORED -> finding.become(Finding.Outcome.KEPT_ALREADY, brought.store());
        case ANOTHER_IS_STORED -> finding.become(Finding.Outcome.ANOTHER_IS_KEPT, brought.store());
        case NOT_STORED -> notKept(finding);
      }
    } catch (StoreException e) {
      session.messages().trace(e);
      session.say(e.getMessage());
      notKept(finding);
    }
  }

  private void notKept(Finding finding) {
    finding.become(Finding.Outcome.NOT_KEPT);
    complete = false;
  }

  private void delete(Finding finding) {
    begin("deleting from " + finding.source().place());
    try {
      finding.delete();
    } catch (StoreException e) {
      failed(finding.source(), e);
    }
  }

  private void failed(ImportSource source, StoreException problem) {
    session.messages().trace(problem);
    session.say(source.place() + ": " + problem.getMessage());
    complete = false;
  }

  /** Each call has its own five seconds: one command goes through many. */
  private void begin(String what) {
    session.run().surroundings().deadline().promptClosed();
    session.run().surroundings().deadline().doing(what);
  }

  private void print(List<Finding> findings) throws IOException {
    if (session.json()) {
      Json json = new Json("entries");
      findings.forEach(finding -> finding.describe(json.add()));
      session.print(json.text());
      return;
    }
    if (findings.isEmpty()) {
      session.say("nothing was found that could be brought over");
      return;
    }
    Table table = new Table("TOKEN FOR", "USER", "PROGRAM", "FOUND IN", "WHAT BECOMES OF IT");
    findings.forEach(finding -> table.add("", finding.row()));
    session.print(table.text());
    Set<String> plain = new LinkedHashSet<>();
    for (Finding finding : findings) {
      if (finding.isKept() && !finding.isDeleted() && finding.source().isPlain()) {
        plain.add(finding.source().place());
      }
    }
    if (!delete) {
      plain.forEach(
          place ->
              session.say(
                  "what is kept now still stands in plain text in "
                      + place
                      + "; add --delete to remove it there"));
    }
  }
}
