package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.foreign.PlaintextFile;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
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
          + " is newer. A user name counts as an organization only where a stored token, git's"
          + " configuration or another entry names that organization too.",
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
      description = "Organization for entries of dev.azure.com that do not name one.")
  private @Nullable String organization;

  private Session session;
  private boolean complete = true;

  /** Only when some entry does not name its organization. */
  private @Nullable KnownOrganizations known;

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
          "--organization takes the name of an organization, such as contoso");
    }
    List<ImportSource> sources = ImportSource.of(session, from);
    List<Finding> findings = findings(sources);
    try {
      settle(findings);
      for (List<Finding> rivals : byPurpose(findings).values()) {
        bring(rivals);
      }
      if (delete && !dry) {
        delete(findings);
      }
    } finally {
      findings.forEach(Finding::wipe);
      sources.forEach(source -> source.entries().forget());
    }
    print(findings);
    advise(findings);
    return complete ? 0 : 1;
  }

  private List<Finding> findings(List<ImportSource> sources) {
    List<Finding> findings = new ArrayList<>();
    for (ImportSource source : sources) {
      begin("reading " + source.place());
      try {
        for (ForeignEntry foreign : source.entries().list()) {
          findings.add(new Finding(source, foreign, all));
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

  /** Finds out as far as can be told which organizations the others are for. */
  private void settle(List<Finding> findings) {
    if (findings.stream().noneMatch(Finding::isOpen)) {
      return;
    }
    known = KnownOrganizations.of(session);
    for (Finding finding : findings) {
      if (finding.isWanted()) {
        known.add(finding.whose());
      }
    }
    for (Finding finding : findings) {
      if (finding.isOpen()) {
        finding.settle(known, organization);
      }
    }
  }

  /** Reads those that are wanted; those that can be used for the same come together. */
  private Map<EntryKey, List<Finding>> byPurpose(List<Finding> findings) {
    Set<ImportSource> failed = new LinkedHashSet<>();
    for (Finding finding : findings) {
      if (finding.isWanted() || finding.isOpen()) {
        read(finding, failed);
      }
    }
    if (findings.stream().anyMatch(Finding::isOpen)) {
      recognize(findings);
    }
    Map<EntryKey, List<Finding>> purposes = new LinkedHashMap<>();
    for (Finding finding : findings) {
      if (finding.isWanted()) {
        purposes.computeIfAbsent(finding.purpose(), key -> new ArrayList<>()).add(finding);
      }
    }
    return purposes;
  }

  private void read(Finding finding, Set<ImportSource> failed) {
    if (failed.contains(finding.source())) {
      finding.become(Finding.Outcome.NOT_READ);
      return;
    }
    begin("reading " + finding.source().place());
    try {
      finding.read(session.run().now());
      if (finding.wasMarked()) {
        session.say(
            "removed quotes or invisible characters around the token for " + finding.display());
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

  /** By the same token in our stores, or in another entry that does name its organization. */
  private void recognize(List<Finding> findings) {
    Map<ByteBuffer, Identity> organizations = new HashMap<>();
    List<Entry> kept = kept();
    for (Entry entry : kept) {
      Identity identity = entry.key().identity();
      if (identity.isOrganization()) {
        organizations.putIfAbsent(ByteBuffer.wrap(entry.secret().bytes()), identity);
      }
    }
    for (Finding finding : findings) {
      if (finding.isWanted() && finding.whose().identity().isOrganization()) {
        organizations.putIfAbsent(finding.secret(), finding.whose().identity());
      }
    }
    for (Finding finding : findings) {
      if (finding.isOpen()) {
        finding.recognize(organizations);
      }
    }
    kept.forEach(Entry::wipe);
  }

  /** The tokens of all organizations in our stores. */
  private List<Entry> kept() {
    List<Entry> kept = new ArrayList<>();
    for (Store store : session.run().chain().stores()) {
      begin("reading " + store.name());
      try {
        if (store.capacity().writable()) {
          kept.addAll(store.find(new Identity("https", Identity.SERVICES_HOST, null)));
        }
      } catch (StoreException e) {
        session.run().report(store, e);
        complete &= e.reason() == Reason.UNAVAILABLE;
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
        case ALREADY_STORED ->
            finding.become(
                isSetAside(brought.store(), theirs, finding.whose().identity())
                    ? Finding.Outcome.SET_ASIDE
                    : Finding.Outcome.KEPT_ALREADY,
                brought.store());
        case ANOTHER_IS_STORED -> finding.become(Finding.Outcome.ANOTHER_IS_KEPT, brought.store());
        case NOT_STORED -> notKept(finding);
      }
    } catch (StoreException e) {
      session.messages().trace(e);
      session.say(e.getMessage());
      notKept(finding);
    }
  }

  /** Whether all that the store has of this token was refused, and is deleted in a few days. */
  private static boolean isSetAside(Store store, Entry token, Identity where)
      throws StoreException {
    boolean isSetAside = true;
    for (Entry entry : store.find(where)) {
      isSetAside &= entry.setAsideAt() != 0 || !entry.secret().sameAs(token.secret());
      entry.wipe();
    }
    return isSetAside;
  }

  private void notKept(Finding finding) {
    finding.become(Finding.Outcome.NOT_KEPT);
    complete = false;
  }

  /** Deletes at their sources those whose copies were read back from our stores. */
  private void delete(List<Finding> findings) {
    Map<ImportSource, Map<ForeignEntry, Finding>> kept = new LinkedHashMap<>();
    for (Finding finding : findings) {
      if (finding.isKept()) {
        kept.computeIfAbsent(finding.source(), source -> new LinkedHashMap<>())
            .put(finding.foreign(), finding);
      }
    }
    kept.forEach(this::delete);
  }

  private void delete(ImportSource source, Map<ForeignEntry, Finding> kept) {
    if (source.entries() instanceof PlaintextFile file) {
      // All in one go: a file is written anew for each call.
      begin("deleting from " + source.place());
      try {
        file.delete(kept.keySet()).forEach(foreign -> kept.get(foreign).becomeDeleted());
      } catch (StoreException e) {
        failed(source, e);
      }
      return;
    }
    for (Map.Entry<ForeignEntry, Finding> each : kept.entrySet()) {
      begin("deleting from " + source.place());
      try {
        if (source.entries().delete(each.getKey())) {
          each.getValue().becomeDeleted();
        }
      } catch (StoreException e) {
        failed(source, e);
      }
    }
  }

  private void failed(ImportSource source, StoreException problem) {
    session.messages().trace(problem);
    String what = problem.getMessage();
    session.say(what.contains(source.place()) ? what : source.place() + ": " + what);
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
      if (complete) {
        session.say("nothing was found that could be brought over");
      }
      return;
    }
    Table table = new Table("TOKEN FOR", "USER", "PROGRAM", "FOUND IN", "RESULT");
    findings.forEach(finding -> table.add("", finding.row()));
    session.print(table.text());
  }

  /** Says what is left to do, and what to type for it. */
  private void advise(List<Finding> findings) {
    if (known != null && findings.stream().anyMatch(Finding::isOpen)) {
      session.say("some entries for dev.azure.com do not name their organization; not imported");
      // Nothing is deleted by a placeholder, nor by an organization that is only a proposal.
      session.messages().hint(command(known.typed(), false));
    }
    Set<String> plain = new LinkedHashSet<>();
    for (Finding finding : findings) {
      if (finding.isKept() && !finding.isDeleted() && finding.source().isPlain()) {
        plain.add(finding.source().place());
      }
    }
    if (!delete && !plain.isEmpty()) {
      plain.forEach(place -> session.say("imported tokens are still in plain text in " + place));
      session.messages().hint(command(organization, true));
    }
  }

  /** The command to type next, which does the same again and more. */
  private String command(@Nullable String named, boolean deleting) {
    return Commands.NAME
        + commands.helperOptions()
        + " import"
        + (from == null ? "" : " --from " + from)
        + (all ? " --all" : "")
        + (named == null ? "" : " --organization " + named)
        + (deleting ? " --delete" : "");
  }
}
