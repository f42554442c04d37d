package io.github.gitcredentialpat.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.git.GitConfigText.Section;
import io.github.gitcredentialpat.identity.PercentEncoding;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Which account of an organization git uses: {@code credential.<url>.username} under both its
 * hosts. Where a URL has a user part already, as those of the portal have the organization's name,
 * git does not look there; such URLs are rewritten by {@code url.<base>.insteadOf}.
 */
public final class AccountChoice {
  private static final String INCLUDE = "includeIf";
  private static final String CONDITION = File.separatorChar == '\\' ? "gitdir/i:" : "gitdir:";

  private AccountChoice() {}

  /**
   * Lets git use an account.
   *
   * @param organization as the person spells it: git compares paths with case
   */
  public static void set(GitConfigFile file, String organization, String user)
      throws UserException, IOException {
    List<Section> sections = sections(organization, user);
    if (file.ours().containsAll(sections.stream().map(Section::header).toList())
        && user.equals(in(file, organization))) {
      return;
    }
    remove(file, organization);
    file.add(sections);
    keepIncludesLast(file);
  }

  /** Removes the choice for an organization. */
  public static void remove(GitConfigFile file, String organization)
      throws UserException, IOException {
    List<String> headers = new ArrayList<>();
    for (String url : ProactiveAuth.urls(organization)) {
      headers.add(CredentialSettings.header(url));
    }
    String rewritten = ("@dev.azure.com/" + organization + "/\"]").toLowerCase(Locale.ROOT);
    file.remove(
        header ->
            headers.stream().anyMatch(header::equalsIgnoreCase)
                || (header.startsWith("[url ")
                    && header.toLowerCase(Locale.ROOT).endsWith(rewritten)));
  }

  /** The account that a file chooses by itself; absent for none. */
  public static @Nullable String in(GitConfigFile file, String organization)
      throws UserException, IOException {
    return file.setting("credential.username", "https://dev.azure.com/" + organization);
  }

  /** Whether a pattern of git's credential settings is for an organization, as those here are. */
  static boolean isFor(String pattern) {
    return Resolution.parse(pattern).kind() == Resolution.Kind.ORGANIZATION;
  }

  private static List<Section> sections(String organization, String user) {
    List<Section> sections = new ArrayList<>();
    String setting = "username = " + GitConfigText.quoted(user);
    for (String url : ProactiveAuth.urls(organization)) {
      sections.add(new Section(CredentialSettings.NAME, url, List.of(setting)));
    }
    String lower = organization.toLowerCase(Locale.ROOT);
    List<String> names = lower.equals(organization) ? List.of(lower) : List.of(lower, organization);
    for (String name : names) {
      String rest = "@dev.azure.com/" + name + "/";
      sections.add(
          new Section(
              "url",
              "https://" + PercentEncoding.encode(user) + rest,
              List.of("insteadOf = https://" + name + rest)));
    }
    return sections;
  }

  // --- for the repositories below a folder ---

  /** The file that the person's configuration includes for the repositories below a folder. */
  public static Path file(GitConfigFile global, Path folder) {
    return included(global, header(folder));
  }

  /** Includes the file. */
  public static void include(GitConfigFile global, Path folder) throws UserException, IOException {
    if (!global.ours().contains(header(folder))) {
      global.add(List.of(include(global, condition(folder))));
    }
  }

  /** Removes the include. */
  public static void exclude(GitConfigFile global, String header)
      throws UserException, IOException {
    global.remove(header::equals);
  }

  /** The headers of all such includes in a file. */
  public static List<String> includes(GitConfigFile global) {
    return global.ours().stream().filter(header -> header.startsWith("[" + INCLUDE + " ")).toList();
  }

  /** The file that stands below such a header. */
  public static Path included(GitConfigFile global, String header) {
    return global.path().resolveSibling(name(global, header));
  }

  /** Moves the includes to the end: settings for a folder must follow those for all. */
  private static void keepIncludesLast(GitConfigFile file) throws UserException, IOException {
    List<Section> includes = new ArrayList<>();
    for (String header : includes(file)) {
      String condition = header.substring(header.indexOf('"') + 1, header.lastIndexOf('"'));
      includes.add(include(file, condition.replace("\\\\", "\\")));
      exclude(file, header);
    }
    file.add(includes);
  }

  private static Section include(GitConfigFile global, String condition) {
    String header = new Section(INCLUDE, condition, List.of()).header();
    return new Section(INCLUDE, condition, List.of("path = " + name(global, header)));
  }

  private static String header(Path folder) {
    return new Section(INCLUDE, condition(folder), List.of()).header();
  }

  /** The condition for a folder, with the special characters of git's patterns escaped. */
  private static String condition(Path folder) {
    StringBuilder condition = new StringBuilder(CONDITION);
    String path = folder.toString().replace(File.separatorChar, '/');
    for (int i = 0; i < path.length(); i++) {
      condition.append("\\*?[".indexOf(path.charAt(i)) >= 0 ? "\\" : "").append(path.charAt(i));
    }
    return condition.append(path.endsWith("/") ? "" : "/").toString();
  }

  private static String name(GitConfigFile global, String header) {
    CRC32 sum = new CRC32();
    sum.update(header.getBytes(UTF_8));
    return global.path().getFileName()
        + "-"
        + Program.NAME
        + "-"
        + String.format(Locale.ROOT, "%08x", sum.getValue());
  }
}
