package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.git.GitConfigText.Section;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes git send an organization's token with its first request, under both its hosts: a fetch then
 * takes two HTTP requests instead of four. Not for organizations with public projects: without a
 * stored token git would ask for one or fail, even where the service lets anybody in.
 */
public final class ProactiveAuth {
  /** What to say to a person whose git is too old. */
  public static final String NEEDS = "proactive authentication needs git 2.46 or newer";

  private static final String NAME = "http";
  private static final String BASIC = "proactiveAuth = basic";
  private static final String NO_EMPTY_AUTH = "emptyAuth = false";

  private final GitCommand git;

  public ProactiveAuth(GitCommand git) {
    this.git = git;
  }

  /** Whether git knows the setting; older versions ignore it. */
  public boolean isSupported() throws UserException, IOException {
    return git.isAtLeast(2, 46);
  }

  /** Whether git does so for this organization, whoever set it. */
  public boolean isSet(String organization) throws UserException, IOException {
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
  public boolean set(String organization) throws UserException, IOException {
    if (isSet(organization)) {
      return false;
    }
    GitConfigFile file = GitConfigFile.open(git, Scope.GLOBAL);
    addTo(file, organization);
    file.save();
    return !file.changes().isEmpty();
  }

  /** Takes it out of the person's configuration, unless they wrote it themselves. */
  public boolean remove(String organization) throws UserException, IOException {
    boolean removed = false;
    for (GitConfigFile file : GitConfigFile.present(git, Scope.GLOBAL)) {
      removeFrom(file, organization);
      file.save();
      removed |= !file.changes().isEmpty();
    }
    return removed;
  }

  /** The same as {@link #set}, without saving. */
  public void addTo(GitConfigFile file, String organization) throws UserException, IOException {
    List<String> present = file.ours();
    file.add(
        sections(organization).stream()
            .filter(section -> !present.contains(section.header()))
            .toList());
  }

  /** The same as {@link #remove}, without saving. */
  public void removeFrom(GitConfigFile file, String organization)
      throws UserException, IOException {
    List<String> headers = sections(organization).stream().map(Section::header).toList();
    file.remove(header -> headers.stream().anyMatch(header::equalsIgnoreCase));
  }

  /**
   * Lets git send a server's tokens with its first request as well, where this git knows how, and
   * in any case not try Negotiate with nobody's name first, which git 2.55 does by itself and which
   * costs a request.
   */
  public void addServer(GitConfigFile file, String server) throws UserException, IOException {
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
  public static void removeServer(GitConfigFile file, String server)
      throws UserException, IOException {
    file.remove(new Section(NAME, server, List.of()).header()::equals);
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
