package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The schedulers of this system. */
public final class Schedulers {
  private Schedulers() {}

  /** Those that may be here, the one to take first. */
  public static List<Scheduler> all(Environment surroundings) {
    String system = System.getProperty("os.name");
    if (system.startsWith("Windows")) {
      return List.of(new TaskScheduler(surroundings));
    }
    if (system.startsWith("Mac")) {
      return List.of(new LaunchAgent(surroundings));
    }
    List<Scheduler> all = new ArrayList<>();
    all.add(new SystemdTimer(surroundings));
    if (CronTable.isThere(surroundings)) {
      all.add(new CronTable(surroundings));
    }
    return all;
  }

  /**
   * The one to take.
   *
   * @throws UserException when there is none
   */
  public static Scheduler choose(Environment surroundings) throws UserException, IOException {
    for (Scheduler each : all(surroundings)) {
      if (each.isThere()) {
        return each;
      }
    }
    throw UserException.couldNot(
            "neither systemd for users nor cron is running here; have another timer run this daily")
        .withHint("git-credential-pat renew --if-left 14");
  }
}
