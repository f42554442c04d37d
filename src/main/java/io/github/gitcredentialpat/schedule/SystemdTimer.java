package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A timer of the person's own systemd: systemd.timer(5), systemd.service(5). */
final class SystemdTimer implements Scheduler {
  private static final String NAME = "git-credential-pat-renew";
  private static final String TIMER = NAME + ".timer";

  /** Has sh start what follows. */
  private static final String SHELL = "/bin/sh -c \"exec \\\"$$0\\\" \\\"$$@\\\"\" ";

  /** It sets these itself, and anew for each session: those of this one may be dead tomorrow. */
  private static final List<String> OF_THE_SESSION =
      List.of("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS");

  private final Path folder;
  private final UnitFile service;
  private final UnitFile timer;
  private final @Nullable SystemProgram systemctl;

  SystemdTimer(Environment surroundings) {
    String configured = surroundings.variable("XDG_CONFIG_HOME");
    folder =
        (configured == null || !Path.of(configured).isAbsolute()
                ? Path.of(surroundings.home(), ".config")
                : Path.of(configured))
            .resolve("systemd/user");
    service = new UnitFile(folder.resolve(NAME + ".service"));
    timer = new UnitFile(folder.resolve(TIMER));
    Path program = Executables.find("systemctl", surroundings.environment());
    systemctl = program == null ? null : new SystemProgram(program, surroundings);
  }

  @Override
  public boolean isThere() throws UserException, IOException {
    return systemctl != null && systemctl.run("--user", "show", "--property=Version").status() == 0;
  }

  @Override
  public String display() {
    return "a systemd timer";
  }

  @Override
  public boolean isSetUp() throws IOException {
    return timer.isOurs();
  }

  @Override
  public List<Change> setUp(DailyCommand command, boolean dry) throws UserException, IOException {
    service.requireOurs();
    timer.requireOurs();
    boolean isEnabled = systemctl.run("--user", "is-enabled", TIMER).status() == 0;
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<UnitFile, String> each :
        List.of(Map.entry(service, service(command)), Map.entry(timer, timer()))) {
      UnitFile file = each.getKey();
      if (!file.has(each.getValue()) || !isEnabled) {
        changes.add(file.added(each.getValue()));
        if (!dry) {
          file.write(each.getValue());
        }
      }
    }
    if (!dry && !changes.isEmpty()) {
      systemctl.require("--user", "daemon-reload");
      systemctl.require("--user", "enable", "--now", TIMER);
    }
    return changes;
  }

  @Override
  public List<Change> remove(boolean dry) throws UserException, IOException {
    List<Change> changes = new ArrayList<>();
    for (UnitFile file : List.of(timer, service)) {
      if (file.isOurs()) {
        changes.add(file.removed());
      }
    }
    if (!dry && !changes.isEmpty()) {
      // It may not run now; what it would read at its next start goes all the same.
      boolean isThere = isThere();
      if (isThere) {
        systemctl.run("--user", "disable", "--now", TIMER);
      }
      for (UnitFile file : List.of(timer, service)) {
        if (file.isOurs()) {
          file.delete();
        }
      }
      Path link = folder.resolve("timers.target.wants").resolve(TIMER);
      if (Files.isSymbolicLink(link)) {
        Files.delete(link);
      }
      if (isThere) {
        systemctl.run("--user", "daemon-reload");
      }
    }
    return changes;
  }

  /** The unit that renews. */
  static String service(DailyCommand command) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(UnitFile.MARK).append('\n');
    text.append("[Unit]\nDescription=Renew Azure DevOps tokens that expire soon\n\n");
    text.append("[Service]\nType=oneshot\n");
    for (Map.Entry<String, String> variable : command.variables().entrySet()) {
      if (OF_THE_SESSION.contains(variable.getKey())) {
        continue;
      }
      text.append("Environment=")
          .append(quoted(variable.getKey() + "=" + variable.getValue()))
          .append('\n');
    }
    text.append("ExecStart=");
    String program = command.program().toString();
    // systemd starts nothing with a quotation mark in its path.
    text.append(Console.word(program).equals(program) ? "" : SHELL);
    String gap = "";
    for (String word : command.words()) {
      text.append(gap).append(quoted(word).replace("$", "$$"));
      gap = " ";
    }
    return text.append('\n').toString();
  }

  /** The unit that says when. */
  static String timer() {
    return "# "
        + UnitFile.MARK
        + "\n[Unit]\nDescription=Renew Azure DevOps tokens daily\n\n"
        + "[Timer]\nOnCalendar=daily\nRandomizedDelaySec=4h\nPersistent=true\n\n"
        + "[Install]\nWantedBy=timers.target\n";
  }

  /** A word in quotation marks; a percent sign would be a specifier. */
  private static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
  }
}
