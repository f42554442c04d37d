package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Makes sure that git asks this helper for a token that was just stored. */
public final class HelperCheck {
  private final Console messages;
  private final Map<String, String> environment;
  private final String options;

  /**
   * For a command.
   *
   * @param messages where lines for the person go
   * @param options its choice of stores, as git's configuration has it behind a helper
   */
  public HelperCheck(Console messages, Map<String, String> environment, String options) {
    this.messages = messages;
    this.environment = environment;
    this.options = options;
  }

  /**
   * Sets git up, unless it asks this helper for the place already, and says so. For hosts other
   * than Azure DevOps', only says how to set it up.
   *
   * @param typed as the person named the place
   * @return whether git asks this helper now, or nobody wants it to
   */
  public boolean setUp(Resolution whose, String typed) {
    try {
      Launcher launcher = Launcher.present();
      if (launcher == null || !GitCommand.isThere(environment)) {
        return true;
      }
      GitCommand git = GitCommand.find(environment);
      if (isAsked(git, whose.identity())) {
        return true;
      }
      if (!whose.isAzure()) {
        messages.say(
            "git does not use this helper for " + whose.identity().display(),
            Program.NAME + " configure --all-hosts");
        return true;
      }
      setUp(git, launcher, whose, typed);
      return true;
    } catch (UserException | IOException e) {
      messages.trace(e);
      messages.say("error: cannot set up git to use this token: " + e.getMessage());
      boolean isServer = whose.kind() == Resolution.Kind.COLLECTION;
      messages.hint(
          Program.NAME
              + " configure"
              + options
              + (isServer ? " --server " + server(whose.identity(), typed) : ""));
      return false;
    }
  }

  private void setUp(GitCommand git, Launcher launcher, Resolution whose, String typed)
      throws UserException, IOException {
    Launcher windows = options.isEmpty() ? new Wsl(environment).windowsHelper() : null;
    GitConfigFile file = GitConfigFile.open(git, Scope.GLOBAL);
    HelperConfiguration setup =
        HelperConfiguration.of(git, file, (windows == null ? launcher : windows).command());
    setup.choose(options);
    String what = "Azure DevOps";
    if (whose.kind() == Resolution.Kind.COLLECTION) {
      String server = server(whose.identity(), typed);
      setup.addServer(server);
      what = what + " and " + server;
    }
    setup.apply();
    if (whose.kind() == Resolution.Kind.COLLECTION) {
      new ProactiveAuth(git).addServer(file, server(whose.identity(), typed));
    }
    file.save();
    if (!isAsked(git, whose.identity())) {
      throw UserException.couldNot("another of its configuration files overrides it (see doctor)");
    }
    messages.say(
        "git now uses this helper for " + what + " (" + file.path() + "); to undo this",
        Program.NAME + " unconfigure");
  }

  /** Whether this helper is among those that git asks for a place. */
  public static boolean isAsked(GitCommand git, Identity place) throws UserException, IOException {
    String url = place.protocol() + "://" + place.host() + "/";
    String path = place.path() == null ? "x" : place.path() + "/x";
    for (Setting helper : CredentialSettings.inEffect(git).helpers(url + path, List.of())) {
      if (helper.isThisProgram()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The part of a server's URL that all its collections share: its host, and the virtual directory
   * of TFS.
   */
  private static String server(Identity place, String typed) {
    String host = place.protocol() + "://" + place.host();
    String path = place.path();
    if (path == null || !(path.equals("tfs") || path.startsWith("tfs/"))) {
      return host;
    }
    // git compares paths with case.
    int end = typed.indexOf("://") < 0 ? -1 : typed.indexOf('/', typed.indexOf("://") + 3);
    String directory = end < 0 ? "" : typed.substring(end + 1);
    return host + "/" + (directory.startsWith("TFS") ? "TFS" : "tfs");
  }
}
