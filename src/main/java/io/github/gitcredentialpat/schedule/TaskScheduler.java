package io.github.gitcredentialpat.schedule;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A task of Windows' Task Scheduler, in the person's own session, so that no password is kept:
 * [MS-TSCH] 2.5, and schtasks.exe.
 */
final class TaskScheduler implements Scheduler {
  private static final String NAME = "git-credential-pat renew";
  private static final String UNFINISHED = ".task-";

  private final Environment surroundings;
  private final SystemProgram schtasks;

  TaskScheduler(Environment surroundings) {
    this(surroundings, program(surroundings));
  }

  TaskScheduler(Environment surroundings, Path program) {
    this.surroundings = surroundings;
    schtasks = new SystemProgram(program, surroundings);
  }

  private static Path program(Environment surroundings) {
    String windows = Environment.windowsFolder(surroundings.environment());
    return Path.of(windows + "\\System32\\schtasks.exe");
  }

  @Override
  public String display() {
    return "a task of Task Scheduler";
  }

  @Override
  public boolean isSetUp() throws UserException, IOException {
    return schtasks.run("/Query", "/TN", NAME).status() == 0;
  }

  @Override
  public List<Change> setUp(DailyCommand command, boolean dry) throws UserException, IOException {
    String task = task(command, account());
    if (!dry) {
      Path folder = surroundings.stateFolder();
      PrivateFiles.makeFolder(folder);
      byte[] text = ("\uFEFF" + task).getBytes(UTF_16LE);
      Path file = PrivateFiles.writeUnfinished(folder, UNFINISHED, text);
      try {
        schtasks.require("/Create", "/TN", NAME, "/XML", file.toString(), "/F");
      } finally {
        Files.deleteIfExists(file);
      }
    }
    return List.of(Change.of(NAME, "+ ", task));
  }

  @Override
  public List<Change> remove(boolean dry) throws UserException, IOException {
    if (!isSetUp()) {
      return List.of();
    }
    if (!dry) {
      schtasks.require("/Delete", "/TN", NAME, "/F");
    }
    return List.of(new Change(NAME, List.of("- task " + NAME)));
  }

  private String account() {
    String user = surroundings.variable("USERNAME");
    String domain = surroundings.variable("USERDOMAIN");
    return (domain == null ? "" : domain + "\\") + (user == null ? "" : user);
  }

  /**
   * The task, its elements in the order of the schema.
   *
   * @param account whose session it runs in
   */
  static String task(DailyCommand command, String account) {
    StringBuilder arguments = new StringBuilder();
    for (String argument : command.arguments()) {
      arguments.append(argument).append(' ');
    }
    // It runs in a console window of its own, which is a terminal that nobody looks at.
    arguments.append("--unattended");
    return """
    <?xml version="1.0" encoding="UTF-16"?>
    <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
      <RegistrationInfo>
        <Description>%s</Description>
      </RegistrationInfo>
      <Triggers>
        <CalendarTrigger>
          <StartBoundary>2026-01-01T09:00:00</StartBoundary>
          <RandomDelay>PT4H</RandomDelay>
          <ScheduleByDay>
            <DaysInterval>1</DaysInterval>
          </ScheduleByDay>
        </CalendarTrigger>
      </Triggers>
      <Principals>
        <Principal id="Author">
          <UserId>%s</UserId>
          <LogonType>InteractiveToken</LogonType>
          <RunLevel>LeastPrivilege</RunLevel>
        </Principal>
      </Principals>
      <Settings>
        <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
        <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
        <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
        <StartWhenAvailable>true</StartWhenAvailable>
        <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
        <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
      </Settings>
      <Actions Context="Author">
        <Exec>
          <Command>%s</Command>
          <Arguments>%s</Arguments>
        </Exec>
      </Actions>
    </Task>
    """
        .formatted(
            UnitFile.MARK,
            Xml.escaped(account),
            Xml.escaped(command.program().toString()),
            Xml.escaped(arguments.toString()));
  }
}
