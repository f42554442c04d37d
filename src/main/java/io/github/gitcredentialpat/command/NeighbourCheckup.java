package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What other programs keep for the same host: what git would use before it asks anybody, what lies
 * on disk in plain text, and what goes stale.
 */
final class NeighbourCheckup {
  private final Session session;
  private final Place place;
  private final Findings findings;

  NeighbourCheckup(Session session, Place place, Findings findings) {
    this.session = session;
    this.place = place;
    this.findings = findings;
  }

  void look() throws CommandException {
    for (ImportSource source : ImportSource.of(session, null)) {
      session.run().surroundings().deadline().promptClosed();
      try {
        report(source);
      } catch (StoreException e) {
        session.messages().trace(e);
        // Of a place that is not here or locked, what is said of stores tells.
        if (e.reason() == Reason.FAILED) {
          findings.add(Diagnosis.FOREIGN_UNREADABLE);
        }
      }
    }
  }

  private void report(ImportSource source) throws StoreException {
    Map<ForeignEntry.Program, Integer> counts = new EnumMap<>(ForeignEntry.Program.class);
    int count = 0;
    for (ForeignEntry entry : source.entries().list()) {
      if (isMeant(entry.host())) {
        counts.merge(entry.program(), 1, Integer::sum);
        count++;
      }
    }
    if (count == 0) {
      return;
    }
    Fact all = Fact.allHosts(place.isOf(Resolution.Kind.HOST));
    switch (source.name()) {
      case "netrc" -> findings.add(Diagnosis.NETRC, all);
      case "store" -> findings.add(Diagnosis.PLAINTEXT, Fact.count(count), all);
      case "gcm" -> findings.add(Diagnosis.PLAINTEXT_OF_MANAGER, Fact.count(count), all);
      default ->
          counts.forEach(
              (program, each) ->
                  findings.add(
                      Diagnosis.FOREIGN_ENTRIES,
                      Fact.count(each),
                      Fact.program(program),
                      place.fact(),
                      all));
    }
  }

  private boolean isMeant(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (place.whose() == null || place.isOf(Resolution.Kind.ORGANIZATION)) {
      return name.equals(Identity.SERVICES_HOST)
          || name.endsWith("." + Identity.SERVICES_HOST)
          || name.endsWith(".visualstudio.com");
    }
    return name.equals(place.whose().identity().host());
  }
}
