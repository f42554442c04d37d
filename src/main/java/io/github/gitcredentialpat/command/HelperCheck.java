package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.ConfigurationFile.Scope;
import io.github.gitcredentialpat.command.CredentialSettings.Setting;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import java.io.IOException;
import java.util.List;

/** Sees to it that a token which was just stored is asked for: that git knows this helper. */
final class HelperCheck {
  private final Session session;
  private final String options;

  /**
   * For a command.
   *
   * @param options its choice of stores, as git's configuration has it behind a helper
   */
  HelperCheck(Session session, String options) {
    this.session = session;
    this.options = options;
  }

  /**
   * Sets git up, unless it asks this helper for the place already, and says so. For other hosts
   * than those of Azure DevOps, only says what would set it up.
   *
   * @param typed as the person named the place
   * @return whether git asks this helper now, or nobody wants it to
   */
  boolean setUp(Resolution whose, String typed) {
    try {
      Launcher launcher = Launcher.present();
      if (launcher == null || !Git.isThere(session.environment())) {
        return true;
      }
      Git git = Git.find(session.environment());
      if (isAsked(git, whose.identity())) {
        return true;
      }
      if (!whose.isAzure()) {
        session.say("git does not ask this helper for " + whose.identity().display());
        session.messages().hint(Commands.NAME + " configure --all-hosts");
        return true;
      }
      setUp(git, launcher, whose, typed);
      return true;
    } catch (CommandException | IOException e) {
      session.messages().trace(e);
      session.say("git cannot be set up to ask for this token: " + e.getMessage());
      boolean isServer = whose.kind() == Resolution.Kind.COLLECTION;
      session
          .messages()
          .hint(
              Commands.NAME
                  + " configure"
                  + options
                  + (isServer ? " --server " + server(whose.identity(), typed) : ""));
      return false;
    }
  }

  private void setUp(Git git, Launcher launcher, Resolution whose, String typed)
      throws CommandException, IOException {
    Launcher windows = options.isEmpty() ? new Wsl(session.environment()).windowsHelper() : null;
    ConfigurationFile file = ConfigurationFile.open(git, Scope.GLOBAL);
    HelperSetup setup = HelperSetup.of(git, file, (windows == null ? launcher : windows).command());
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
      throw CommandException.couldNot("another of its files says otherwise; see doctor");
    }
    session.say(
        "git now asks this helper for "
            + what
            + " ("
            + file.path()
            + "); to undo: "
            + Commands.NAME
            + " unconfigure");
  }

  /** Whether this helper is among those that git asks for a place. */
  static boolean isAsked(Git git, Identity place) throws CommandException, IOException {
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
   * What all collections of a server have in common: its host, and the virtual directory of TFS.
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
