package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.git.GitConfigText.Section;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that make git ask this helper and no other for certain URLs: an empty helper, which
 * clears all earlier ones, ours, and for hosts that many organizations share, that git must tell
 * the path.
 */
public final class HelperConfiguration {
  /** In git's patterns a star is one label. */
  private static final List<String> AZURE =
      List.of(
          "https://dev.azure.com",
          "https://*.dev.azure.com",
          "https://*.visualstudio.com",
          "https://*.*.visualstudio.com");

  /** The order in which git reads its files, by its own words for them. */
  private static final List<String> SCOPES =
      List.of("system", "global", "local", "worktree", "command");

  private static final String USE_HTTP_PATH = "useHttpPath = true";

  /** A host that is meant only where every host is. */
  private static final String ANY_HOST = "https://host.invalid/x";

  private final GitCommand git;
  private final GitConfigFile file;
  private final CredentialSettings settings;
  private final Set<String> servers = new LinkedHashSet<>();
  private boolean allHosts;
  private String helper;

  private HelperConfiguration(
      GitCommand git, GitConfigFile file, CredentialSettings settings, String helper) {
    this.git = git;
    this.file = file;
    this.settings = settings;
    this.helper = helper;
  }

  /**
   * The set-up that a file has already; at least for Azure DevOps.
   *
   * @param command how this program is called, as git's configuration has it
   */
  public static HelperConfiguration of(GitCommand git, GitConfigFile file, String command)
      throws UserException, IOException {
    CredentialSettings settings = CredentialSettings.of(git, file);
    HelperConfiguration setup = new HelperConfiguration(git, file, settings, command);
    List<String> ours = file.ours();
    setup.allHosts = ours.contains(CredentialSettings.header(null));
    for (String pattern : settings.patterns()) {
      if (!AZURE.contains(pattern)
          && ours.contains(CredentialSettings.header(pattern))
          && setup.resets(pattern)) {
        setup.servers.add(pattern);
      }
    }
    return setup;
  }

  /** Whether other helpers are cleared for this pattern: a server's, and not only its host's. */
  private boolean resets(String pattern) {
    for (Setting setting : settings.all()) {
      if (pattern.equals(setting.pattern()) && setting.isHelper() && setting.value().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the header is one of those that our helper is set below. */
  static boolean isHelperHeader(String header) {
    return header.equals(CredentialSettings.header(null))
        || header.startsWith("[" + CredentialSettings.NAME + " ");
  }

  /**
   * Chooses stores.
   *
   * @param options what stands behind the command; empty to leave it as it was
   */
  public void choose(String options) {
    String before = helper;
    for (Setting setting : settings.all()) {
      if (setting.isHelper() && setting.value().startsWith(helper + " ")) {
        before = setting.value();
      }
    }
    helper = options.isEmpty() ? before : helper + options;
  }

  /** For every host as well. */
  public void addAllHosts() {
    allHosts = true;
  }

  /** For a server as well. */
  public void addServer(String url) {
    servers.add(url);
  }

  /**
   * The part of a server's URL that its collections share.
   *
   * @param typed its address, with or without more behind it
   */
  public static String server(String typed) throws UserException {
    int start = typed.indexOf("://") + 3;
    if (!typed.startsWith("https://") && !typed.startsWith("http://")) {
      throw UserException.wrongUsage(
          "--server needs a whole URL, such as http://tfs.corp.local:8080/tfs");
    }
    Resolution whose = TypedPlace.resolve(typed);
    if (whose.kind() == Resolution.Kind.ORGANIZATION) {
      throw UserException.wrongUsage(
          "--server is for your own servers; Azure DevOps Services is always set up");
    }
    String[] parts = typed.substring(start).split("/");
    if (parts[0].contains("@")) {
      throw UserException.wrongUsage("omit the user from the server's URL");
    }
    StringBuilder url = new StringBuilder(typed.substring(0, start) + parts[0]);
    for (int i = 1; i < parts.length && !parts[i].startsWith("_"); i++) {
      url.append('/').append(parts[i]);
    }
    return url.toString();
  }

  /** A server's URL without its path. */
  static String host(String server) {
    int slash = server.indexOf('/', server.indexOf("://") + 3);
    return slash < 0 ? server : server.substring(0, slash);
  }

  /**
   * The hosts of servers that are set up for a path of theirs. Programs with libgit2 (cargo) look
   * up helpers for a whole host only, and need useHttpPath there too.
   */
  private Set<String> hosts() {
    Set<String> hosts = new LinkedHashSet<>();
    for (String server : servers) {
      if (!servers.contains(host(server))) {
        hosts.add(host(server));
      }
    }
    return hosts;
  }

  /** Removes a server from a file, and its host unless another server there is set up. */
  public static void removeServer(GitConfigFile file, String server)
      throws UserException, IOException {
    file.remove(CredentialSettings.header(server)::equals);
    String host = CredentialSettings.header(host(server));
    String others = host.substring(0, host.length() - 2) + "/";
    if (file.ours().stream().noneMatch(header -> header.startsWith(others))) {
      file.remove(host::equals);
    }
  }

  /** Changes the file, unless it has all settings already. */
  public void apply() throws UserException, IOException {
    if (!isInForce()) {
      // Ours go to the end again: what was added since would be asked as well.
      Set<String> accounts = new LinkedHashSet<>();
      for (String pattern : settings.patterns()) {
        if (AccountChoice.isFor(pattern)) {
          accounts.add(CredentialSettings.header(pattern));
        }
      }
      file.remove(header -> isHelperHeader(header) && !accounts.contains(header));
      file.add(sections());
    }
  }

  private List<Section> sections() {
    String reset = "helper = \"\"";
    String ours = "helper = " + GitConfigText.quoted(helper);
    List<Section> sections = new ArrayList<>();
    if (allHosts) {
      sections.add(new Section(CredentialSettings.NAME, null, List.of(reset, ours)));
    }
    // Before the servers' own sections, which clear what was named before for their paths.
    for (String host : hosts()) {
      sections.add(new Section(CredentialSettings.NAME, host, List.of(ours, USE_HTTP_PATH)));
    }
    for (String url : urls()) {
      sections.add(
          new Section(
              CredentialSettings.NAME,
              url,
              isShared(url) ? List.of(reset, ours, USE_HTTP_PATH) : List.of(reset, ours)));
    }
    return sections;
  }

  private Set<String> urls() {
    Set<String> urls = new LinkedHashSet<>(AZURE);
    urls.addAll(servers);
    return urls;
  }

  /** Whether the path tells whose token is meant: an organization or a collection. */
  private boolean isShared(String url) {
    return url.equals(AZURE.get(0)) || servers.contains(url);
  }

  private boolean isInForce() throws UserException, IOException {
    List<Setting> inherited = List.of(helper("inherited"));
    for (String url : examples(settings)) {
      List<Setting> helpers = settings.helpers(url, inherited);
      if (helpers.size() != 1 || !helpers.get(0).value().equals(helper)) {
        return false;
      }
    }
    for (String url : urls()) {
      Setting path = isShared(url) ? settings.useHttpPath(example(url)) : null;
      if (isShared(url) && (path == null || !path.isTrue())) {
        return false;
      }
    }
    for (String host : hosts()) {
      Setting path = lastFor(host, "usehttppath");
      Setting last = lastFor(host, "helper");
      if (last == null || !last.value().equals(helper) || path == null || !path.isTrue()) {
        return false;
      }
    }
    return true;
  }

  /** What libgit2 reads for a host: the last setting for exactly that. */
  private @Nullable Setting lastFor(String host, String key) {
    Setting last = null;
    for (Setting setting : settings.all()) {
      if (host.equals(setting.pattern()) && setting.key().equals(key)) {
        last = setting;
      }
    }
    return last;
  }

  /** The settings in more local files, which git reads after that of this scope. */
  public CredentialSettings later(Scope scope) throws UserException, IOException {
    int ours = SCOPES.indexOf(scope.name().toLowerCase(Locale.ROOT));
    return CredentialSettings.inEffect(git).in(other -> SCOPES.indexOf(other) > ours);
  }

  /** The helpers among these that would get tokens as well, or instead. */
  public Set<Setting> others(CredentialSettings later) throws UserException, IOException {
    Set<Setting> others = new LinkedHashSet<>();
    for (String url : examples(later)) {
      others.addAll(later.helpers(url, List.of(helper(helper))));
    }
    others.removeIf(Setting::isThisProgram);
    return others;
  }

  /** The settings among these that keep git from telling the path. */
  public Set<Setting> hidingPaths(CredentialSettings later) throws UserException, IOException {
    Set<Setting> hiding = new LinkedHashSet<>();
    for (String url : urls()) {
      Setting path = isShared(url) ? later.useHttpPath(example(url)) : null;
      if (path != null && !path.isTrue()) {
        hiding.add(path);
      }
    }
    return hiding;
  }

  /** A URL for each pattern that is set up, and for each of those settings that is narrower. */
  private Set<String> examples(CredentialSettings others) throws UserException, IOException {
    Set<String> examples = new LinkedHashSet<>();
    for (String url : urls()) {
      examples.add(example(url));
    }
    for (String pattern : others.patterns()) {
      String example = example(pattern);
      if (!CredentialSettings.matching(git, List.copyOf(urls()), example).isEmpty()) {
        examples.add(example);
      }
    }
    if (allHosts) {
      examples.add(ANY_HOST);
    }
    return examples;
  }

  /**
   * A URL below a pattern, to be put on git's command line: without a password, and without a user
   * that may be one.
   */
  private static String example(String pattern) {
    int start = pattern.indexOf("://") + 3;
    int slash = start < 3 ? -1 : pattern.indexOf('/', start);
    int at = start < 3 ? -1 : pattern.lastIndexOf('@', slash < 0 ? pattern.length() : slash);
    String bare = pattern;
    if (at >= start) {
      int colon = pattern.indexOf(':', start);
      String user = pattern.substring(start, colon < 0 || colon > at ? at : colon);
      bare =
          pattern.substring(0, start)
              + (UserName.isName(user) ? user + "@" : "")
              + pattern.substring(at + 1);
    }
    return bare.replace("*", "x") + "/x";
  }

  private static Setting helper(String value) {
    return new Setting("", "", null, "helper", value);
  }
}
