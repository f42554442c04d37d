package io.github.gitcredentialpat.command.transfer;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.foreign.PlaintextFile;
import io.github.gitcredentialpat.tokens.ForeignSource;
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

// More than 400 lines: one command, from its options to what it says of each place.
/**
 * Imports what other programs store for Azure DevOps. Their entries are deleted only on request,
 * and only once they were read back from our store.
 */
@Command(
    name = "import",
    description = {
      "Import tokens from other programs, or from an export file.",
      "The programs are git's own helpers, Git Credential Manager, az devops and ~/.netrc. The newest"
          + " token of each organization is imported; a stored one is only replaced by a newer one."
          + " A user name counts as an organization only if a stored token, git's configuration or"
          + " another entry names it too.",
      ""
    },
    footer = {"", "Example: git-credential-pat import --dry-run"})
final class Import implements Callable<Integer> {
  private final GlobalOptions global;

  @Option(
      names = "--from",
      paramLabel = "SOURCE",
      completionCandidates = ForeignSource.Names.class,
      description = "Only from: " + ForeignSource.NAMES + ".")
  private @Nullable String from;

  @Option(
      names = "--encrypted",
      paramLabel = "FILE",
      description = "Import all tokens of a file that export --encrypted wrote.")
  private @Nullable String encrypted;

  @Option(names = "--dry-run", description = "Show what would be imported without doing it.")
  private boolean dry;

  @Option(
      names = "--delete",
      description = "Delete imported tokens at their source, once they are read back from here.")
  private boolean delete;

  @Option(names = "--all", description = "Also import passwords of all other https hosts.")
  private boolean all;

  @Option(
      names = "--organization",
      paramLabel = "NAME",
      description = "Organization to assume for dev.azure.com entries that do not name one.")
  private @Nullable String organization;

  private CommandContext context;
  private boolean complete = true;

  /** Only when some entry does not name its organization. */
  private @Nullable KnownOrganizations known;

  Import(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException, StoreException {
    context = global.context();
    if (encrypted != null) {
      if (from != null || delete || organization != null) {
        throw UserException.wrongUsage(
            "--encrypted takes all that its file holds and leaves the file; leave out --from,"
                + " --delete and --organization");
      }
      return new ArchiveImport(context, dry).run(new TokenArchive(context, encrypted)) ? 0 : 1;
    }
    if (organization != null && !TypedPlace.resolve(organization).identity().isOrganization()) {
      throw UserException.wrongUsage(
          "--organization takes the name of an organization, such as contoso");
    }
    List<ForeignSource> sources = context.foreignSources(from);
    List<ImportCandidate> findings = findings(sources);
    try {
      settle(findings);
      for (List<ImportCandidate> rivals : byPurpose(findings).values()) {
        bring(rivals);
      }
      if (delete && !dry) {
        delete(findings);
      }
    } finally {
      findings.forEach(ImportCandidate::wipe);
      sources.forEach(source -> source.entries().forget());
    }
    print(findings);
    advise(findings);
    return complete ? 0 : 1;
  }

  private List<ImportCandidate> findings(List<ForeignSource> sources) {
    List<ImportCandidate> findings = new ArrayList<>();
    for (ForeignSource source : sources) {
      begin("reading " + source.place());
      try {
        for (ForeignEntry foreign : source.entries().list()) {
          findings.add(new ImportCandidate(source, foreign, all));
        }
      } catch (StoreException e) {
        if (e.reason() == Reason.UNAVAILABLE && from == null) {
          context.messages().trace(e);
        } else {
          failed(source, e);
        }
      }
    }
    return findings;
  }

  /** Finds out, as far as possible, which organizations the remaining entries are for. */
  private void settle(List<ImportCandidate> findings) {
    if (findings.stream().noneMatch(ImportCandidate::isOpen)) {
      return;
    }
    known = context.knownOrganizations();
    for (ImportCandidate finding : findings) {
      if (finding.isWanted()) {
        known.add(finding.whose());
      }
    }
    for (ImportCandidate finding : findings) {
      if (finding.isOpen()) {
        finding.settle(known, organization);
      }
    }
  }

  /** Reads the wanted entries, grouped by what they can be used for. */
  private Map<EntryKey, List<ImportCandidate>> byPurpose(List<ImportCandidate> findings) {
    Set<ForeignSource> failed = new LinkedHashSet<>();
    for (ImportCandidate finding : findings) {
      if (finding.isWanted() || finding.isOpen()) {
        read(finding, failed);
      }
    }
    if (findings.stream().anyMatch(ImportCandidate::isOpen)) {
      recognize(findings);
    }
    Map<EntryKey, List<ImportCandidate>> purposes = new LinkedHashMap<>();
    for (ImportCandidate finding : findings) {
      if (finding.isWanted()) {
        purposes.computeIfAbsent(finding.purpose(), key -> new ArrayList<>()).add(finding);
      }
    }
    return purposes;
  }

  private void read(ImportCandidate finding, Set<ForeignSource> failed) {
    if (failed.contains(finding.source())) {
      finding.become(ImportCandidate.Outcome.NOT_READ);
      return;
    }
    begin("reading " + finding.source().place());
    try {
      finding.read(context.run().now());
      if (finding.wasMarked()) {
        context.say(
            "removed quotes or invisible characters around the token for " + finding.display());
      }
    } catch (StoreException e) {
      finding.become(ImportCandidate.Outcome.NOT_READ);
      failed(finding.source(), e);
      // One line for a locked keyring, not one for each of its entries.
      if (e.reason() != Reason.FAILED) {
        failed.add(finding.source());
      }
    }
  }

  /**
   * Recognizes tokens that are also in our stores, or in another entry that names its organization.
   */
  private void recognize(List<ImportCandidate> findings) {
    Map<ByteBuffer, Identity> organizations = new HashMap<>();
    List<Entry> stored = stored();
    for (Entry entry : stored) {
      Identity identity = entry.key().identity();
      if (identity.isOrganization()) {
        organizations.putIfAbsent(ByteBuffer.wrap(entry.secret().bytes()), identity);
      }
    }
    for (ImportCandidate finding : findings) {
      if (finding.isWanted() && finding.whose().identity().isOrganization()) {
        organizations.putIfAbsent(finding.secret(), finding.whose().identity());
      }
    }
    for (ImportCandidate finding : findings) {
      if (finding.isOpen()) {
        finding.recognize(organizations);
      }
    }
    stored.forEach(Entry::wipe);
  }

  /** The tokens of all organizations in our stores. */
  private List<Entry> stored() {
    List<Entry> stored = new ArrayList<>();
    for (Store store : context.run().chain().stores()) {
      begin("reading " + store.name());
      try {
        if (store.capacity().writable()) {
          stored.addAll(store.find(new Identity("https", Identity.SERVICES_HOST, null)));
        }
      } catch (StoreException e) {
        context.run().report(store, e);
        complete &= e.reason() == Reason.UNAVAILABLE;
      }
    }
    return stored;
  }

  /** Imports the newest; the first one where that is unknown. */
  private void bring(List<ImportCandidate> rivals) {
    ImportCandidate newest = rivals.get(0);
    for (ImportCandidate rival : rivals) {
      if (TokenKeeper.isNewer(rival.entry(), newest.entry())) {
        newest = rival;
      }
    }
    bring(newest);
    for (ImportCandidate rival : rivals) {
      if (rival != newest && rival.isSame(newest)) {
        rival.becomeAs(newest);
      } else if (rival != newest) {
        rival.become(ImportCandidate.Outcome.NEWER_WAS_FOUND);
      }
    }
  }

  private void bring(ImportCandidate finding) {
    Entry theirs = finding.entry();
    long now = context.run().now();
    Entry ours =
        Entry.of(theirs.key(), theirs.secret(), theirs.storedAt() == 0 ? now : theirs.storedAt())
            .with(theirs.expiry(), theirs.refreshToken());
    String named = finding.whose().isAzure() ? null : finding.user();
    TokenKeeper keeping = new TokenKeeper(context.run(), finding.whose(), named);
    try {
      TokenKeeper.Brought brought =
          keeping.bring(
              ours, finding.user(), (stored, arriving) -> TokenKeeper.isNewer(theirs, stored), dry);
      switch (brought.outcome()) {
        case STORED ->
            finding.become(
                dry ? ImportCandidate.Outcome.WOULD_BE_TAKEN : ImportCandidate.Outcome.TAKEN,
                brought.store());
        case ALREADY_STORED ->
            finding.become(
                isSetAside(brought.store(), theirs, finding.whose().identity())
                    ? ImportCandidate.Outcome.SET_ASIDE
                    : ImportCandidate.Outcome.KEPT_ALREADY,
                brought.store());
        case ANOTHER_IS_STORED ->
            finding.become(ImportCandidate.Outcome.ANOTHER_IS_KEPT, brought.store());
        case NOT_STORED -> notKept(finding);
      }
    } catch (StoreException e) {
      context.messages().trace(e);
      context.say(String.valueOf(e.getMessage()), e.hint());
      notKept(finding);
    }
  }

  /** Whether the store has this token only as set aside, to be deleted in a few days. */
  private static boolean isSetAside(Store store, Entry token, Identity where)
      throws StoreException {
    boolean isSetAside = true;
    for (Entry entry : store.find(where)) {
      isSetAside &= entry.setAsideAt() != 0 || !entry.secret().sameAs(token.secret());
      entry.wipe();
    }
    return isSetAside;
  }

  private void notKept(ImportCandidate finding) {
    finding.become(ImportCandidate.Outcome.NOT_KEPT);
    complete = false;
  }

  /** Deletes at their sources the entries whose copies were read back from our stores. */
  private void delete(List<ImportCandidate> findings) {
    Map<ForeignSource, Map<ForeignEntry, ImportCandidate>> stored = new LinkedHashMap<>();
    for (ImportCandidate finding : findings) {
      if (finding.isStored()) {
        stored
            .computeIfAbsent(finding.source(), source -> new LinkedHashMap<>())
            .put(finding.foreign(), finding);
      }
    }
    stored.forEach(this::delete);
  }

  private void delete(ForeignSource source, Map<ForeignEntry, ImportCandidate> stored) {
    if (source.entries() instanceof PlaintextFile file) {
      // All in one go: a file is written anew for each call.
      begin("deleting from " + source.place());
      try {
        file.delete(stored.keySet()).forEach(foreign -> stored.get(foreign).becomeDeleted());
      } catch (StoreException e) {
        failed(source, e);
      }
      return;
    }
    for (Map.Entry<ForeignEntry, ImportCandidate> each : stored.entrySet()) {
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

  private void failed(ForeignSource source, StoreException problem) {
    context.messages().trace(problem);
    String what = problem.getMessage();
    context.say(
        what.contains(source.place()) ? what : source.place() + ": " + what, problem.hint());
    complete = false;
  }

  /** Gives the next call its own five seconds: one command makes many. */
  private void begin(String what) {
    context.run().surroundings().deadline().restart();
    context.run().surroundings().deadline().doing(what);
  }

  private void print(List<ImportCandidate> findings) throws IOException {
    if (context.json()) {
      JsonReport json = new JsonReport("entries");
      findings.forEach(finding -> finding.describe(json.add()));
      context.print(json.text());
      return;
    }
    if (findings.isEmpty()) {
      if (complete) {
        context.say("found nothing to import");
      }
      return;
    }
    TextTable table = new TextTable("TOKEN FOR", "USER", "PROGRAM", "FOUND IN", "RESULT");
    findings.forEach(finding -> table.add(finding.row()));
    context.print(table.below(3, 2).text(context.screen()));
  }

  /** Tells what is left to do, and what to type for it. */
  private void advise(List<ImportCandidate> findings) {
    if (known != null && findings.stream().anyMatch(ImportCandidate::isOpen)) {
      // Nothing is deleted by a placeholder, nor by an organization that is only a proposal.
      context.say(
          "not imported: dev.azure.com entries that do not name their organization",
          command(known.typed(), false));
    }
    Set<String> plain = new LinkedHashSet<>();
    for (ImportCandidate finding : findings) {
      if (finding.isStored() && !finding.isDeleted() && finding.source().isPlain()) {
        plain.add(finding.source().place());
      }
    }
    if (!delete && !plain.isEmpty()) {
      plain.forEach(
          place -> context.say("warning: imported tokens are still in plain text in " + place));
      context.messages().hint(command(organization, true));
    }
  }

  /** The command to type next: the same one with more options. */
  private String command(@Nullable String named, boolean deleting) {
    return Program.NAME
        + global.helperOptions()
        + " import"
        + (from == null ? "" : " --from " + from)
        + (all ? " --all" : "")
        + (named == null ? "" : " --organization " + named)
        + (deleting ? " --delete" : "");
  }
}
