package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.ConfigurationFile.Scope;
import io.github.gitcredentialpat.command.ConfigurationText.Section;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets git send an organisation's token with its first request, under both its hosts: a fetch takes
 * two HTTP requests then and not four. It is not for organisations with public projects: where no
 * token is kept git asks for one or fails, even if the service would have let anybody in.
 */
final class ProactiveAuth {
  /** What to say to a person whose git is too old. */
  static final String NEEDS = "proactive authentication needs git 2.46 or newer";

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

  private static List<Section> sections(String organization) {
    return urls(organization).stream()
        .map(url -> new Section("http", url, List.of("proactiveAuth = basic")))
        .toList();
  }

  private static Set<String> urls(String organization) {
    String lower = organization.toLowerCase(Locale.ROOT);
    Set<String> urls = new LinkedHashSet<>();
    urls.add("https://dev.azure.com/" + lower);
    urls.add("https://dev.azure.com/" + organization);
    urls.add("https://" + lower + ".visualstudio.com");
    return urls;
  }
}
