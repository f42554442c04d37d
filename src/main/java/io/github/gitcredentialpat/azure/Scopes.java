package io.github.gitcredentialpat.azure;

import io.github.gitcredentialpat.http.ServiceText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

// More than 400 lines: a table, one row for each scope.
/**
 * The scopes of a token, each under three names: Microsoft's word ({@code vso.code_write}), the
 * title on the page where tokens are made (Code (Read &amp; write)), and what a person types here,
 * which is made of that title and its last word ({@code code:write}).
 */
public final class Scopes {
  /** Everything that the token's owner may do; typed {@code full-access}. */
  public static final String FULL_ACCESS = "app_token";

  /** What git needs to clone and fetch, LFS included; typed {@code git-read}. */
  public static final String GIT_READ = "vso.code";

  /** What git needs to push as well; typed {@code git}. */
  public static final String GIT = "vso.code_write";

  /** What package managers need to restore packages; typed {@code packages}. */
  public static final String PACKAGES = "vso.packaging";

  /** Who can have a scope. */
  public enum Kind {
    /** Any token. */
    ORDINARY,
    /** Some tokens, but it is not on the page where they are made. */
    HIDDEN,
    /** Access tokens of Entra, and no personal access token. */
    ENTRA_ONLY
  }

  /**
   * One scope.
   *
   * @param name Microsoft's word
   * @param typed what a person types
   * @param title what the page shows
   * @param kind who can have it
   * @param privileged whether Microsoft counts it among those with high privilege
   */
  public record Scope(String name, String typed, String title, Kind kind, boolean privileged) {}

  /**
   * What a person typed, as the service wants it.
   *
   * @param scope the scopes in alphabetical order, joined by one space
   * @param warnings what the person should know, a sentence each
   */
  public record Parsed(String scope, List<String> warnings) {}

  /**
   * A line each: Microsoft's word, marks, and the title. The marks: {@code !} high privilege,
   * {@code ^} includes the scope of the line above, {@code x} not on the page, {@code e} Entra's
   * access tokens only, {@code -} nothing of all this.
   */
  private static final String TABLE =
      """
      app_token !                              Full access
      vso.advsec !                             Advanced Security (Read)
      vso.advsec_write !^                      Advanced Security (Read & write)
      vso.advsec_manage !^                     Advanced Security (Read, write, & manage)
      vso.agentpools -                         Agent Pools (Read)
      vso.agentpools_manage !^                 Agent Pools (Read & manage)
      vso.analytics -                          Analytics (Read)
      vso.auditlog -                           Audit Log (Read)
      vso.auditstreams_manage !^               Audit Streams (Manage)
      vso.build -                              Build (Read)
      vso.build_execute !^                     Build (Read & execute)
      vso.hooks_interact x                     Service Hooks (Interact)
      vso.hooks x                              Service Hooks (Read)
      vso.hooks_write x^                       Service Hooks (Read & write)
      vso.code ^                               Code (Read)
      vso.code_write !^                        Code (Read & write)
      vso.code_manage !^                       Code (Read, write, & manage)
      vso.code_full !^                         Code (Full)
      vso.code_status -                        Code (Status)
      vso.connected_server -                   Connected Server
      vso.drop x                               Drop (Read)
      vso.drop_write x^                        Drop (Read & write)
      vso.drop_manage x^                       Drop (Read, write, & manage)
      vso.entitlements -                       Entitlements (Read)
      vso.environment_manage !                 Environment (Read & manage)
      vso.extension.data -                     Extension Data (Read)
      vso.extension.data_write ^               Extension Data (Read & write)
      vso.extension -                          Extensions (Read)
      vso.extension_manage !^                  Extensions (Read & manage)
      vso.githubconnections -                  GitHub Connections (Read)
      vso.githubconnections_manage !^          GitHub Connections (Read & manage)
      vso.governance x                         Governance
      vso.graph -                              Graph (Read)
      vso.graph_manage !^                      Graph (Read & manage)
      vso.identity -                           Identity (Read)
      vso.identity_manage !^                   Identity (Read & manage)
      vso.loadtest x                           Load Test (Read)
      vso.loadtest_write x^                    Load Test (Read & write)
      vso.machinegroup_manage !                Deployment Groups (Read & manage)
      vso.gallery -                            Marketplace (Read)
      vso.gallery_acquire ^                    Marketplace (Acquire)
      vso.gallery_publish !                    Marketplace (Publish)
      vso.gallery_manage !^                    Marketplace (Manage)
      vso.memberentitlementmanagement -        Member Entitlement Management (Read)
      vso.memberentitlementmanagement_write !^ Member Entitlement Management (Read & write)
      vso.notification -                       Notifications (Read)
      vso.notification_write ^                 Notifications (Read & write)
      vso.notification_manage ^                Notifications (Read, write, & manage)
      vso.notification_diagnostics -           Notifications (Diagnostics)
      vso.profile -                            User Profile (Read)
      vso.profile_write ^                      User Profile (Write)
      vso.packaging -                          Packaging (Read)
      vso.packaging_write !^                   Packaging (Read & write)
      vso.packaging_manage !^                  Packaging (Read, write, & manage)
      vso.pats e                               Personal Access Tokens (Read)
      vso.pats_manage e                        Personal Access Tokens (Manage)
      vso.pipelineresources_use !              Pipeline Resources (Use)
      vso.pipelineresources_manage !^          Pipeline Resources (Use & manage)
      vso.project -                            Project and Team (Read)
      vso.project_write ^                      Project and Team (Read & write)
      vso.project_manage !^                    Project and Team (Read, write, & manage)
      vso.threads_full -                       Pull Request Threads (Read & write)
      vso.release -                            Release (Read)
      vso.release_execute !^                   Release (Read, write, & execute)
      vso.release_manage !^                    Release (Read, write, execute, & manage)
      vso.securefiles_read !                   Secure Files (Read)
      vso.securefiles_write !^                 Secure Files (Read & create)
      vso.securefiles_manage !^                Secure Files (Read, create, & manage)
      vso.security_manage !                    Security (Manage)
      vso.serviceendpoint -                    Service Connections (Read)
      vso.serviceendpoint_query ^              Service Connections (Read & query)
      vso.serviceendpoint_manage !^            Service Connections (Read, query, & manage)
      vso.settings -                           Settings (Read)
      vso.settings_write ^                     Settings (Read & write)
      vso.symbols -                            Symbols (Read)
      vso.symbols_write ^                      Symbols (Read & write)
      vso.symbols_manage ^                     Symbols (Read, write, & manage)
      vso.taskgroups_read -                    Task Groups (Read)
      vso.taskgroups_write ^                   Task Groups (Read & create)
      vso.taskgroups_manage !^                 Task Groups (Read, create, & manage)
      vso.dashboards -                         Team Dashboards (Read)
      vso.dashboards_manage ^                  Team Dashboards (Manage)
      vso.test -                               Test Management (Read)
      vso.test_write ^                         Test Management (Read & write)
      vso.tokenadministration !                Token Administration (Read & manage)
      vso.tokens !                             Tokens (Read & manage)
      vso.variablegroups_read -                Variable Groups (Read)
      vso.variablegroups_write ^               Variable Groups (Read & create)
      vso.variablegroups_manage !^             Variable Groups (Read, create, & manage)
      vso.wiki -                               Wiki (Read)
      vso.wiki_write ^                         Wiki (Read & write)
      vso.work -                               Work Items (Read)
      vso.work_write ^                         Work Items (Read & write)
      vso.work_full ^                          Work Items (Full)
      user_impersonation e!                    Impersonation
      """;

  private static final String SEPARATORS = ", \t\r\n\u00a0";

  /** In words: Member Entitlement Management. */
  private static final int LONGEST_PAGE = 3;

  private static final Map<String, Scope> BY_NAME = new LinkedHashMap<>();
  private static final Map<String, Scope> BY_TYPED = new LinkedHashMap<>();

  /** What a scope includes at once; what those include, it includes as well. */
  private static final Map<String, List<String>> INCLUDED = new HashMap<>();

  /** What is included besides the scope of the line above. */
  private static final String[][] ALSO_INCLUDED = {
    {"vso.environment_manage", "vso.agentpools_manage"},
    {"vso.machinegroup_manage", "vso.agentpools_manage"},
    {"vso.notification_diagnostics", "vso.notification"},
    {"vso.gallery_publish", "vso.gallery"},
    {"vso.build", "vso.hooks_write"},
    {"vso.work", "vso.hooks_write"},
    {"vso.packaging", "vso.profile"},
    {"vso.extension", "vso.profile"},
    {"vso.extension.data", "vso.profile"},
    {"vso.gallery", "vso.profile"},
    {"vso.notification", "vso.profile"},
    {"vso.release", "vso.profile"},
    {"vso.serviceendpoint", "vso.profile"},
    {"vso.symbols", "vso.profile"},
    {"vso.test", "vso.profile"},
    {"vso.hooks", "vso.profile"},
    {"vso.hooks_interact", "vso.profile"},
  };

  static {
    String above = "";
    for (String line : TABLE.split("\n")) {
      String[] columns = line.split(" +", 3);
      String marks = columns[1];
      Kind kind =
          marks.contains("e") ? Kind.ENTRA_ONLY : marks.contains("x") ? Kind.HIDDEN : Kind.ORDINARY;
      Scope scope = new Scope(columns[0], typed(columns[2]), columns[2], kind, marks.contains("!"));
      BY_NAME.put(scope.name(), scope);
      BY_TYPED.put(scope.typed(), scope);
      if (marks.contains("^")) {
        include(scope.name(), above);
      }
      above = scope.name();
    }
    for (String[] pair : ALSO_INCLUDED) {
      include(pair[0], pair[1]);
    }
    BY_TYPED.put("git-read", BY_NAME.get(GIT_READ));
    BY_TYPED.put("git", BY_NAME.get(GIT));
    BY_TYPED.put("packages", BY_NAME.get(PACKAGES));
  }

  private Scopes() {}

  private static void include(String scope, String included) {
    INCLUDED.computeIfAbsent(scope, name -> new ArrayList<>()).add(included);
  }

  /** The shortest name that is taken for it, {@code git} for {@code vso.code_write}. */
  public static String shortName(Scope scope) {
    return switch (scope.name()) {
      case GIT_READ -> "git-read";
      case GIT -> "git";
      case PACKAGES -> "packages";
      default -> scope.typed();
    };
  }

  /** All that are known here; the service may know more. */
  public static List<Scope> all() {
    return List.copyOf(BY_NAME.values());
  }

  /**
   * Reads what a person typed: words of ours and of Microsoft's, and the titles of the page where
   * tokens are made, such as {@code Code (Read & write)}, in any case, joined by commas or blanks.
   *
   * @throws IllegalArgumentException when a word is unknown or can be no scope of a token; the
   *     message is for a person
   */
  public static Parsed parse(String typed) {
    TreeSet<String> names = new TreeSet<>();
    List<String> warnings = new ArrayList<>();
    for (String word : words(typed.toLowerCase(Locale.ROOT))) {
      names.add(name(word, warnings));
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "no scopes given; git needs code:write, or code:read to fetch only");
    }
    return new Parsed(with(String.join(" ", names), ""), warnings);
  }

  /** What a list shows for a token's scopes: their titles, and as they are those unknown here. */
  public static String describe(String scope) {
    List<String> titles = new ArrayList<>();
    StringTokenizer names = new StringTokenizer(scope);
    while (names.hasMoreTokens()) {
      String name = names.nextToken();
      Scope known = BY_NAME.get(name);
      titles.add(known == null ? ServiceText.oneLine(name) : known.title());
    }
    return String.join(", ", titles);
  }

  /**
   * The area of the first of these scopes, in one word: {@code packaging}.
   *
   * @param scope the token's scopes, joined by one space
   */
  public static String page(String scope) {
    int blank = scope.indexOf(' ');
    Scope first = BY_NAME.get(blank < 0 ? scope : scope.substring(0, blank));
    if (first == null) {
      return "other";
    }
    int colon = first.typed().indexOf(':');
    return colon < 0 ? first.typed() : first.typed().substring(0, colon);
  }

  /**
   * Whether a token with these scopes has one of them, by itself or because another includes it.
   *
   * @param scope the token's scopes, joined by one space
   * @param wanted Microsoft's word for what is needed, such as {@link #GIT} to push
   */
  public static boolean grants(String scope, String wanted) {
    StringTokenizer names = new StringTokenizer(scope);
    while (names.hasMoreTokens()) {
      String name = names.nextToken();
      if (name.equals(FULL_ACCESS) || includes(name, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean includes(String name, String wanted) {
    if (name.equals(wanted)) {
      return true;
    }
    for (String included : INCLUDED.getOrDefault(name, List.of())) {
      if (includes(included, wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Merges two lists of scopes; full access includes all others. */
  public static String with(String scope, String more) {
    TreeSet<String> names = new TreeSet<>();
    StringTokenizer words = new StringTokenizer(scope + " " + more);
    while (words.hasMoreTokens()) {
      names.add(words.nextToken());
    }
    return names.contains(FULL_ACCESS) ? FULL_ACCESS : String.join(" ", names);
  }

  /**
   * A token's scopes without some of them.
   *
   * @param scope the token's scopes, joined by one space
   * @param typed the scopes to remove, as {@link #parse} takes them
   * @throws IllegalArgumentException when the token does not have one of them by itself, or would
   *     be left without any; the message is for a person
   */
  public static String without(String scope, String typed) {
    TreeSet<String> left = new TreeSet<>();
    StringTokenizer names = new StringTokenizer(scope);
    while (names.hasMoreTokens()) {
      left.add(names.nextToken());
    }
    StringTokenizer removed = new StringTokenizer(parse(typed).scope());
    while (removed.hasMoreTokens()) {
      String name = removed.nextToken();
      if (!left.remove(name)) {
        String larger = null;
        for (String each : left) {
          larger = larger == null && grants(each, name) ? each : larger;
        }
        throw new IllegalArgumentException(
            "the token does not have the scope "
                + describe(name)
                + (larger == null
                    ? ""
                    : " itself, only as part of "
                        + describe(larger)
                        + "; replace all scopes with --scopes"));
      }
    }
    if (left.isEmpty()) {
      throw new IllegalArgumentException(
          "a token without scopes is useless; revoke it instead (token revoke)");
    }
    return String.join(" ", left);
  }

  /**
   * The words in what a person typed; a title of the page becomes our word for it, {@code code
   * (read & write)} for one {@code code:write}.
   */
  private static List<String> words(String typed) {
    List<String> words = new ArrayList<>();
    String rest = typed;
    for (int open = rest.indexOf('('); open >= 0; open = rest.indexOf('(')) {
      int close = rest.indexOf(')', open);
      if (close < 0) {
        break;
      }
      List<String> before = split(rest.substring(0, open));
      String page = page(before);
      if (page == null) {
        break;
      }
      words.addAll(before);
      words.add(ofPage(page, rest.substring(open + 1, close)));
      rest = rest.substring(close + 1);
    }
    words.addAll(split(rest));
    return words;
  }

  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    // The titles without a level that are more than one word.
    String joined = text;
    for (String title : List.of("full access", "connected server")) {
      joined = joined.replace(title, title.replace(' ', '-'));
    }
    StringTokenizer tokens = new StringTokenizer(joined, SEPARATORS);
    while (tokens.hasMoreTokens()) {
      words.add(tokens.nextToken());
    }
    return words;
  }

  /**
   * Takes the longest title of a page off the end of these words, such as {@code agent pools}.
   *
   * @return it as we write it, {@code agent-pools}; absent when they do not end in one
   */
  private static @Nullable String page(List<String> words) {
    for (int start = Math.max(0, words.size() - LONGEST_PAGE); start < words.size(); start++) {
      String page = String.join("-", words.subList(start, words.size()));
      for (String word : BY_TYPED.keySet()) {
        if (word.startsWith(page + ":")) {
          words.subList(start, words.size()).clear();
          return page;
        }
      }
    }
    return null;
  }

  /** Our word for the level of a page, {@code read, write, & manage}; as typed if it has none. */
  private static String ofPage(String page, String level) {
    String wanted = level(level);
    for (Scope scope : BY_NAME.values()) {
      int open = scope.title().indexOf('(');
      if (scope.typed().startsWith(page + ":")
          && level(scope.title().substring(open + 1).replace(")", "")).equals(wanted)) {
        return scope.typed();
      }
    }
    return page + ":" + wanted.trim().replace(' ', '-');
  }

  /** Its words alone, without case, commas and what joins them. */
  private static String level(String text) {
    StringBuilder words = new StringBuilder();
    StringTokenizer tokens = new StringTokenizer(text.toLowerCase(Locale.ROOT), SEPARATORS + "&");
    while (tokens.hasMoreTokens()) {
      String word = tokens.nextToken();
      words.append(word.equals("and") ? "" : word + " ");
    }
    return words.toString();
  }

  private static String name(String word, List<String> warnings) {
    Scope scope = BY_NAME.getOrDefault(word, BY_TYPED.get(word));
    String shown = ServiceText.oneLine(word);
    if (scope == null) {
      String nearest = nearest(word);
      if (!isMicrosoftsWord(word)) {
        throw new IllegalArgumentException(
            "no such scope: "
                + shown
                + "; "
                + (nearest == null ? "git needs code:write, or code:read to fetch only" : nearest));
      }
      warnings.add(
          "the scope "
              + shown
              + " is unknown"
              + (nearest == null ? "" : " (" + nearest + ")")
              + "; sending it to Azure DevOps anyway");
      return word;
    }
    if (scope.kind() == Kind.ENTRA_ONLY) {
      throw new IllegalArgumentException(shown + " is for Entra access tokens only");
    }
    if (scope.kind() == Kind.HIDDEN) {
      warnings.add(
          "warning: Azure DevOps does not offer the scope " + shown + " and may reject it");
    }
    return scope.name();
  }

  private static boolean isMicrosoftsWord(String word) {
    boolean plain = word.length() > 4 && word.length() <= 60 && word.startsWith("vso.");
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      plain &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    }
    return plain;
  }

  /** A suggestion for a misspelled word, as a question; absent when nothing is near. */
  private static @Nullable String nearest(String word) {
    int colon = word.indexOf(':');
    String page = (colon < 0 ? word : word.substring(0, colon)) + ":";
    List<String> ofThatPage = new ArrayList<>();
    String best = null;
    int least = Math.max(2, word.length() / 3) + 1;
    boolean microsofts = word.startsWith("vso.");
    for (Scope scope : BY_NAME.values()) {
      if (scope.kind() == Kind.ORDINARY) {
        String candidate = microsofts ? scope.name() : scope.typed();
        if (scope.typed().startsWith(page)) {
          ofThatPage.add(scope.typed());
        }
        int distance = distance(word, candidate);
        if (distance < least) {
          least = distance;
          best = candidate;
        }
      }
    }
    if (!ofThatPage.isEmpty()) {
      return "choose from " + String.join(", ", ofThatPage);
    }
    return best == null ? null : "did you mean " + best + "?";
  }

  /** How many letters have to be added, taken away or changed (Levenshtein). */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }

  /** {@code Code (Read, write, & manage)} becomes {@code code:manage}. */
  private static String typed(String title) {
    int bracket = title.indexOf(" (");
    String page = bracket < 0 ? title : title.substring(0, bracket);
    String last = title.substring(title.lastIndexOf(' ') + 1);
    String level = bracket < 0 ? "" : ":" + last.replace("(", "").replace(")", "");
    return (page.replace(' ', '-') + level).toLowerCase(Locale.ROOT);
  }
}
