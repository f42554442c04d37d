package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An agent of launchd on macOS: launchd.plist(5). */
final class LaunchAgent implements Scheduler {
  private static final String LABEL = "io.github.gitcredentialpat.renew";
  private static final int HOUR = 60;

  private final UnitFile file;
  private final Path home;
  private final SystemProgram launchctl;

  LaunchAgent(Environment surroundings) {
    this(surroundings, Path.of("/bin/launchctl"));
  }

  LaunchAgent(Environment surroundings, Path program) {
    home = Path.of(surroundings.home());
    file = new UnitFile(home.resolve("Library/LaunchAgents").resolve(LABEL + ".plist"));
    launchctl = new SystemProgram(program, surroundings);
  }

  @Override
  public String display() {
    return "a launchd agent";
  }

  @Override
  public boolean isSetUp() throws IOException {
    return file.isOurs();
  }

  @Override
  public List<Change> setUp(DailyCommand command, boolean dry) throws UserException, IOException {
    file.requireOurs();
    String text = plist(command);
    if (file.has(text)) {
      return List.of();
    }
    Change change = file.added(text);
    if (!dry) {
      file.write(text);
      // One that is loaded already has to go first; where there is none, this fails.
      launchctl.run("bootout", domain() + "/" + LABEL);
      launchctl.require("bootstrap", domain(), file.path().toString());
    }
    return List.of(change);
  }

  @Override
  public List<Change> remove(boolean dry) throws UserException, IOException {
    if (!file.isOurs()) {
      return List.of();
    }
    Change change = file.removed();
    if (!dry) {
      launchctl.run("bootout", domain() + "/" + LABEL);
      file.delete();
    }
    return List.of(change);
  }

  /** The person's desktop session. */
  private String domain() throws IOException {
    return "gui/" + Files.getAttribute(home, "unix:uid");
  }

  /** What launchd reads. */
  static String plist(DailyCommand command) {
    StringBuilder text = new StringBuilder();
    text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.append("<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\"");
    text.append(" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n");
    text.append("<!-- ").append(UnitFile.MARK).append(" -->\n");
    text.append("<plist version=\"1.0\">\n<dict>\n");
    text.append("  <key>Label</key>\n  <string>").append(LABEL).append("</string>\n");
    text.append("  <key>ProgramArguments</key>\n  <array>\n");
    for (String word : command.words()) {
      text.append("    <string>").append(Xml.escaped(word)).append("</string>\n");
    }
    text.append("  </array>\n  <key>EnvironmentVariables</key>\n  <dict>\n");
    for (Map.Entry<String, String> variable : command.variables().entrySet()) {
      text.append("    <key>").append(Xml.escaped(variable.getKey())).append("</key>\n");
      text.append("    <string>").append(Xml.escaped(variable.getValue())).append("</string>\n");
    }
    text.append("  </dict>\n  <key>ProcessType</key>\n  <string>Background</string>\n");
    text.append("  <key>StartCalendarInterval</key>\n  <dict>\n");
    text.append("    <key>Hour</key>\n    <integer>").append(command.minute() / HOUR);
    text.append("</integer>\n    <key>Minute</key>\n    <integer>");
    text.append(command.minute() % HOUR).append("</integer>\n");
    return text.append("  </dict>\n</dict>\n</plist>\n").toString();
  }
}
