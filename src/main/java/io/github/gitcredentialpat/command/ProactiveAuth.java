package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.ConfigurationFile.Scope;
import io.github.gitcredentialpat.command.ConfigurationText.Section;
import io.github.gitcredentialpat.identity.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets git send an organisation's token with its first request, under both its hosts: a fetch takes
 * two HTTP requests then and not four. It is not for organisations with public projects: where no
 * token is kept git asks for one or fails, even if the service would have let anybody in.
 */
final class ProactiveAuth {
  /** What to say to a person whose git is too old. */
  static final String NEEDS = "proactive authentication needs git 2.46 or newer";

  private static final String NAME = "http";
  private static final String BASIC = "proactiveAuth = basic";
  private static final String NO_EMPTY_AUTH = "emptyAuth = false";

  private final Git git;

  ProactiveAuth(Git git) {
    this.git = git;
  }

  /** Whether git knows the setting; an older one passes over it. */
  boolean isSupported() throws CommandException, IOException {
    return git.isAtLeast(2, 46);
  }

  /** Whether git does so for this organisation, whoever set it. */
  boolean isSet(String organization) throws CommandException, IOException {
    for (String url : urls(organization)) {
      if (!"basic".equalsIgnoreCase(git.setting("--no-type", "http.proactiveAuth", url))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Sets it in the person's configuration.
   *
   * @param organization as the person spells it: git compares paths with case
   * @return whether anything had to be changed
   */
  boolean set(String organization) throws CommandException, IOException {
    if (isSet(organization)) {
      return false;
    }
    ConfigurationFile file = ConfigurationFile.open(git, Scope.GLOBAL);
    addTo(file, organization);
    file.save();
    return !file.changes().isEmpty();
  }

  /** Takes it out of the person's configuration, unless they wrote it themselves. */
  boolean remove(String organization) throws CommandException, IOException {
    boolean removed = false;
    for (ConfigurationFile file : ConfigurationFile.present(git, Scope.GLOBAL)) {
      removeFrom(file, organization);
      file.save();
      removed |= !file.changes().isEmpty();
    }
    return removed;
  }

  /** The same as {@link #set}, without saving. */
  void addTo(ConfigurationFile file, String organization) throws CommandException, IOException {
    List<String> present = file.ours();
    file.add(
        sections(organization).stream()
            .filter(section -> !present.contains(section.header()))
            .toList());
  }

  /** The same as {@link #remove}, without saving. */
  void removeFrom(ConfigurationFile file, String organization)
      throws CommandException, IOException {
    List<String> headers = sections(organization).stream().map(Section::header).toList();
    file.remove(header -> headers.stream().anyMatch(header::equalsIgnoreCase));
  }

  /**
   * Lets git send a server's tokens with its first request as well, where this git knows how, and
   * in any case not try Negotiate with nobody's name first, which git 2.55 does by itself and which
   * costs a request.
   */
  void addServer(ConfigurationFile file, String server) throws CommandException, IOException {
    List<String> wanted = new ArrayList<>();
    if (isSupported()) {
      wanted.add(BASIC);
    }
    wanted.add(NO_EMPTY_AUTH);
    for (String setting : wanted) {
      String key = "http." + setting.substring(0, setting.indexOf(' '));
      String value = setting.substring(setting.lastIndexOf(' ') + 1);
      if (!value.equals(file.setting(key, server))) {
        removeServer(file, server);
        file.add(List.of(new Section(NAME, server, wanted)));
        return;
      }
    }
  }

  /** Takes out what {@link #addServer} added. */
  static void removeServer(ConfigurationFile file, String server)
      throws CommandException, IOException {
    file.remove(new Section(NAME, server, List.of()).header()::equals);
  }

  /**
   * Sets it for an organization whose token has just been stored and proved good, and says so,
   * where git knows the setting, asks this helper, and the service answers nobody without a token.
   *
   * @param organization as the person spells it
   * @return why not, for a person; absent where git does so now
   */
  static @Nullable String useFor(Session session, Identity place, String organization) {
    if (!Git.isThere(session.environment())) {
      return "git is not on the PATH";
    }
    try {
      ProactiveAuth setting = new ProactiveAuth(Git.find(session.environment()));
      if (!setting.isSupported()) {
        return NEEDS;
      }
      if (setting.isSet(organization)) {
        return null;
      }
      if (!HelperCheck.isAsked(Git.find(session.environment()), place)) {
        return "git does not ask this helper for " + organization;
      }
      if (new Checker(session).mayHavePublicProjects(place)) {
        return organization + " has public projects, for which git would ask for a token too";
      }
      if (setting.set(organization)) {
        session.say(
            "git now sends the token with its first request to "
                + organization
                + "; to undo: git-credential-pat unconfigure --proactive "
                + organization);
      }
      return null;
    } catch (CommandException | IOException e) {
      session.messages().trace(e);
      return e.getMessage();
    }
  }

  private static List<Section> sections(String organization) {
    return urls(organization).stream().map(url -> new Section(NAME, url, List.of(BASIC))).toList();
  }

  /** The URLs of an organization that settings are for, as git compares them. */
  static Set<String> urls(String organization) {
    String lower = organization.toLowerCase(Locale.ROOT);
    Set<String> urls = new LinkedHashSet<>();
    urls.add("https://dev.azure.com/" + lower);
    urls.add("https://dev.azure.com/" + organization);
    urls.add("https://" + lower + ".visualstudio.com");
    return urls;
  }
}
