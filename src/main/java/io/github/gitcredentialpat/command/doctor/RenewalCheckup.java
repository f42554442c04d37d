package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.schedule.LastRun;
import io.github.gitcredentialpat.schedule.Scheduler;
import io.github.gitcredentialpat.schedule.Schedulers;
import java.io.IOException;

/** Checks whether a timer renews tokens, and how its last run went. */
final class RenewalCheckup {
  /** A laptop may be shut over a weekend. */
  private static final long LATE_SECONDS = 4 * 86_400L;

  private final CommandContext context;
  private final Report findings;

  RenewalCheckup(CommandContext context, Report findings) {
    this.context = context;
    this.findings = findings;
  }

  /** Says nothing where tokens were never renewed and no timer is set up. */
  void look() throws UserException, IOException {
    Environment surroundings = context.run().surroundings();
    LastRun last = LastRun.of(surroundings);
    boolean isTimed = false;
    for (Scheduler scheduler : Schedulers.all(surroundings)) {
      isTimed |= scheduler.isSetUp();
    }
    if (last == null) {
      if (isTimed) {
        findings.add(Diagnosis.RENEWAL_NEW);
      }
      return;
    }
    boolean isLate = isTimed && last.at() < context.run().now() - LATE_SECONDS;
    findings.add(
        isLate
            ? Diagnosis.RENEWAL_LATE
            : last.isGood() ? Diagnosis.RENEWAL : Diagnosis.RENEWAL_FAILED,
        PublicText.date(last.at()));
  }
}
