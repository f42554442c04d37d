package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.ForeignSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Checks what other programs store for the same host: what git would use before it asks anybody,
 * what is on disk in plain text, and what goes stale.
 */
final class OtherProgramsCheckup {
  private final CommandContext context;
  private final Subject place;
  private final Report findings;

  OtherProgramsCheckup(CommandContext context, Subject place, Report findings) {
    this.context = context;
    this.place = place;
    this.findings = findings;
  }

  void look() throws UserException {
    for (ForeignSource source : context.foreignSources(null)) {
      context.run().surroundings().deadline().restart();
      try {
        report(source);
      } catch (StoreException e) {
        context.messages().trace(e);
        // Of a place that is not here or locked, what is said of stores tells.
        if (e.reason() == Reason.FAILED) {
          findings.add(Diagnosis.FOREIGN_UNREADABLE);
        }
      }
    }
  }

  private void report(ForeignSource source) throws StoreException {
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
    PublicText all = PublicText.allHosts(place.isOf(Resolution.Kind.HOST));
    switch (source.name()) {
      case "netrc" -> findings.add(Diagnosis.NETRC, all);
      case "store" -> findings.add(Diagnosis.PLAINTEXT, PublicText.count(count), all);
      case "gcm" -> findings.add(Diagnosis.PLAINTEXT_OF_MANAGER, PublicText.count(count), all);
      default ->
          counts.forEach(
              (program, each) ->
                  findings.add(
                      Diagnosis.FOREIGN_ENTRIES,
                      PublicText.count(each),
                      PublicText.program(program),
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
