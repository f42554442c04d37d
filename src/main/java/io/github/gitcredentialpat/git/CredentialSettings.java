package io.github.gitcredentialpat.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.git.GitConfigText.Section;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Git's {@code credential.*} settings, in the order in which git reads them. For a URL all that
 * match count, in that order, however exactly they match; an empty helper clears those before it.
 */
public final class CredentialSettings {
  /**
   * A setting.
   *
   * @param scope git's word for the kind of file, such as {@code global}
   * @param origin where it stands, such as {@code file:/etc/gitconfig}
   * @param pattern the URLs that it is for; absent for all
   * @param key in lower case
   * @param value empty when there is none
   */
  public record Setting(
      String scope, String origin, @Nullable String pattern, String key, String value) {
    boolean isHelper() {
      return key.equals("helper");
    }

    /** The file it is in, for a person. */
    public String place() {
      return origin.startsWith("file:") ? origin.substring("file:".length()) : "the command line";
    }

    /** A helper's name, for a person: its arguments may hold a secret. */
    public String helperName() {
      if (value.startsWith("!")) {
        return "a command";
      }
      String name = program();
      return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    /** Whether that helper is this program, wherever it is installed and however it is named. */
    public boolean isThisProgram() {
      String name = helperName();
      return program().equals("pat")
          || name.equals(Program.NAME)
          || name.equals(Program.NAME + ".exe");
    }

    /** The helper's first word: a name or a path, without the backslashes that sh wants. */
    public String program() {
      StringBuilder word = new StringBuilder();
      for (int i = 0; i < value.length() && value.charAt(i) != ' '; i++) {
        if (value.charAt(i) == '\\' && i + 1 < value.length()) {
          i++;
        }
        word.append(value.charAt(i));
      }
      return word.toString();
    }

    /** The words behind a helper's first one. */
    public List<String> options() {
      int start = 0;
      while (start < value.length() && value.charAt(start) != ' ') {
        start += value.charAt(start) == '\\' ? 2 : 1;
      }
      return ShellWords.split(value.substring(Math.min(start, value.length())));
    }

    /**
     * Whether git reads the value as true; a key without a value is true, and cannot be told from
     * an empty one.
     */
    public boolean isTrue() {
      return Set.of("true", "yes", "on", "1").contains(value.toLowerCase(Locale.ROOT));
    }
  }

  /** What git exits with when it does not know an option. */
  private static final int WRONG_USAGE = 129;

  /** The name of the section. */
  static final String NAME = "credential";

  private static final String SECTION = "credential.";

  private final GitCommand git;
  private final List<Setting> settings;

  private CredentialSettings(GitCommand git, List<Setting> settings) {
    this.git = git;
    this.settings = settings;
  }

  /** The settings in effect in the working directory. */
  public static CredentialSettings inEffect(GitCommand git) throws UserException, IOException {
    return read(git);
  }

  /** The settings of one file and of the files it includes. */
  static CredentialSettings of(GitCommand git, GitConfigFile file)
      throws UserException, IOException {
    return file.exists()
        ? read(git, "--file", file.path().toString(), "--includes")
        : new CredentialSettings(git, List.of());
  }

  private static CredentialSettings read(GitCommand git, String... from)
      throws UserException, IOException {
    List<String> arguments = new ArrayList<>(List.of("config"));
    arguments.addAll(List.of(from));
    arguments.addAll(
        List.of("--null", "--show-scope", "--show-origin", "--get-regexp", "^credential\\."));
    Subprocess result = git.run(null, arguments.toArray(String[]::new));
    if (result.status() == WRONG_USAGE) {
      throw UserException.couldNot("this needs git 2.26 or newer; upgrade git");
    }
    if (result.status() > 1) {
      throw UserException.couldNot("git cannot read its configuration; correct the line it names")
          .withHint("git config --list");
    }
    String[] words = result.out().split("\0", -1);
    List<Setting> settings = new ArrayList<>();
    for (int i = 0; i + 2 < words.length; i += 3) {
      settings.add(setting(words[i], words[i + 1], words[i + 2]));
    }
    return new CredentialSettings(git, settings);
  }

  private static Setting setting(String scope, String origin, String text) {
    int feed = text.indexOf('\n');
    String name = feed < 0 ? text : text.substring(0, feed);
    int start = SECTION.length();
    int dot = name.lastIndexOf('.');
    return new Setting(
        scope,
        origin,
        dot < start ? null : name.substring(start, dot),
        name.substring(dot + 1),
        feed < 0 ? "" : text.substring(feed + 1));
  }

  /** The header of the settings for this URL; absent for every host. */
  public static String header(@Nullable String url) {
    return new Section(NAME, url, List.of()).header();
  }

  /** All settings. */
  List<Setting> all() {
    return settings;
  }

  /** The settings of some scopes. */
  CredentialSettings in(Predicate<String> scope) {
    return new CredentialSettings(
        git, settings.stream().filter(setting -> scope.test(setting.scope())).toList());
  }

  /** The URL patterns of the settings, except of those that hold for everything. */
  Set<String> patterns() {
    Set<String> patterns = new LinkedHashSet<>();
    for (Setting setting : settings) {
      if (setting.pattern() != null) {
        patterns.add(setting.pattern());
      }
    }
    return patterns;
  }

  /**
   * The helpers that git asks for a URL, in that order.
   *
   * @param inherited what it would ask if these settings said nothing
   */
  public List<Setting> helpers(String url, List<Setting> inherited)
      throws UserException, IOException {
    List<Setting> helpers = new ArrayList<>(inherited);
    for (Setting setting : matching(url)) {
      if (setting.isHelper() && setting.value().isEmpty()) {
        helpers.clear();
      } else if (setting.isHelper()) {
        helpers.add(setting);
      }
    }
    return helpers;
  }

  /** The setting that decides whether git tells helpers the path of such a URL; absent for none. */
  public @Nullable Setting useHttpPath(String url) throws UserException, IOException {
    Setting last = null;
    for (Setting setting : matching(url)) {
      if (setting.key().equals("usehttppath")) {
        last = setting;
      }
    }
    return last;
  }

  private List<Setting> matching(String url) throws UserException, IOException {
    Set<String> matching = matching(git, List.copyOf(patterns()), url);
    return settings.stream()
        .filter(setting -> setting.pattern() == null || matching.contains(setting.pattern()))
        .toList();
  }

  /** The patterns that match this URL, as git decides. */
  public static Set<String> matching(GitCommand git, List<String> patterns, String url)
      throws UserException, IOException {
    if (patterns.isEmpty()) {
      return Set.of();
    }
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < patterns.size(); i++) {
      String header = header(patterns.get(i));
      file.append(header).append("\nn").append(i).append(" = 1\n");
    }
    Subprocess result =
        git.run(
            null,
            file.toString().getBytes(UTF_8),
            "config",
            "--file",
            "-",
            "--no-includes",
            "--get-urlmatch",
            "credential",
            url);
    String found = "\n" + result.out();
    Set<String> matching = new HashSet<>();
    for (int i = 0; i < patterns.size(); i++) {
      String pattern = patterns.get(i);
      if (found.contains("\ncredential.n" + i + " ") || isPartOf(pattern, url)) {
        matching.add(pattern);
      }
    }
    return matching;
  }

  /**
   * Git's rule for a pattern that is no whole URL, such as {@code dev.azure.com} or {@code
   * https://}: what it names has to be equal.
   */
  private static boolean isPartOf(String pattern, String url) {
    int scheme = pattern.indexOf("://");
    String rest = scheme < 0 ? pattern : pattern.substring(scheme + 3);
    int slash = rest.indexOf('/');
    String host = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    if (scheme >= 0 && !host.isEmpty()) {
      return false;
    }
    int start = url.indexOf("://") + 3;
    String urlRest = url.substring(start);
    String urlPath = urlRest.indexOf('/') < 0 ? "" : urlRest.substring(urlRest.indexOf('/') + 1);
    String urlHost =
        urlRest.indexOf('/') < 0 ? urlRest : urlRest.substring(0, urlRest.indexOf('/'));
    return (scheme < 0 || pattern.substring(0, scheme + 3).equals(url.substring(0, start)))
        && (host.isEmpty() || host.equals(urlHost))
        && (path.isEmpty() || path.equals(urlPath));
  }
}
