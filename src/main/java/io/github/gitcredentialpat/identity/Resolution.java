package io.github.gitcredentialpat.identity;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose token a URL asks for: the one resolver behind get, store, erase and every command.
 *
 * @param kind what the URL leads to
 * @param identity whose token it is; absent when the kind is {@code UNKNOWN_ORGANIZATION} or {@code
 *     REFUSED}
 * @param fromUser whether the organization was taken from the user part, because no path was given
 * @param refusal why the URL is refused, for a person; absent otherwise
 */
public record Resolution(
    Kind kind, @Nullable Identity identity, boolean fromUser, @Nullable String refusal) {

  /** What a URL leads to. */
  public enum Kind {
    /** An organization of Azure DevOps Services. */
    ORGANIZATION,
    /** A collection of Azure DevOps Server or TFS. */
    COLLECTION,
    /** Any other host. */
    HOST,
    /** Azure DevOps Services, but neither path nor user part says which organization. */
    UNKNOWN_ORGANIZATION,
    /** A URL that no token may ever be given to. */
    REFUSED
  }

  /** The services that have hosts of their own, such as {@code pkgs.dev.azure.com}. */
  private static final Set<String> SERVICES =
      Set.of(
          "pkgs",
          "vssps",
          "vsrm",
          "almsearch",
          "feeds",
          "vsaex",
          "auditservice",
          "analytics",
          "artifacts",
          "extmgmt",
          "advsec",
          "vstmr",
          "vsblob",
          "status",
          "mcp",
          "governance");

  private static final String NO_ORGANIZATION = "its path does not start with an organization name";

  /** The first segment of TFS' own paths. */
  static final String VIRTUAL_DIRECTORY = "tfs";

  private static final String HOSTED = ".dev.azure.com";
  private static final String HOSTED_BEFORE_2018 = ".visualstudio.com";

  /**
   * Resolves a URL's parts, as git sends them: percent-decoded, the path without its leading slash.
   *
   * @param protocol the scheme
   * @param hostAndPort the host, with {@code :port} when the URL had one; not empty
   * @param path the path, absent when git does not send it ({@code credential.useHttpPath})
   * @param user the user part, absent when there is none
   */
  public static Resolution resolve(
      String protocol, String hostAndPort, @Nullable String path, @Nullable String user) {
    String scheme = protocol.toLowerCase(Locale.ROOT);
    String host = hostAndPort.toLowerCase(Locale.ROOT);
    if (!isPlainText(scheme) || !isPlainAuthority(host)) {
      return refused("its host contains an invalid character");
    }
    if (path != null && !isPlainText(path)) {
      return refused("its path contains a control character");
    }
    String givenPath = path == null || path.isEmpty() ? null : path;
    String name = host;
    String port = "";
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      name = host.substring(0, colon);
      port = host.substring(colon + 1);
    }
    if (isHosted(name)) {
      if (!scheme.equals("https")) {
        return refused("Azure DevOps Services tokens are only sent over https");
      }
      if (!port.isEmpty() && !port.equals("443")) {
        return refused("Azure DevOps Services has no port " + port);
      }
      return hosted(name, givenPath, user);
    }
    if (Identity.isSignIn(scheme, host)) {
      return refused("a sign-in to Entra is not for other programs");
    }
    if (looksHosted(name)) {
      return refused("its host only looks like Azure DevOps Services");
    }
    return elsewhere(scheme, host, givenPath);
  }

  /**
   * Resolves what a person types: the name of an organization, a URL with or without its scheme and
   * percent-encoded or not, or the address of a repository for ssh. Anything else resolves to
   * {@code REFUSED}.
   */
  public static Resolution parse(String typed) {
    String address = typed.strip();
    if (SshAddress.is(address)) {
      String organization = SshAddress.organization(address);
      return organization == null
          ? refused("tokens are not sent over ssh")
          : organization(organization.toLowerCase(Locale.ROOT), false);
    }
    if (address.indexOf("://") >= 0) {
      return ofUrl(address);
    }
    int end = end(address, "/?#", 0);
    String first = address.substring(0, end);
    boolean isName = end >= address.length() - 1 || address.charAt(end) != '/';
    if (isName && OrganizationName.isValid(first)) {
      return organization(first.toLowerCase(Locale.ROOT), false);
    }
    return end < address.length() || first.indexOf('.') > 0 || first.indexOf(':') > 0
        ? ofUrl("https://" + address)
        : refused(NO_ORGANIZATION);
  }

  /** Takes a URL apart as git does. */
  private static Resolution ofUrl(String url) {
    int scheme = url.indexOf("://");
    int start = scheme + 3;
    int end = end(url, "/?#", start);
    String authority = url.substring(start, end);
    int pathStart = end < url.length() && url.charAt(end) == '/' ? end + 1 : end;
    int pathEnd = url.length();
    while (pathEnd > pathStart && url.charAt(pathEnd - 1) == '/') {
      pathEnd--;
    }
    int at = authority.lastIndexOf('@');
    if (authority.length() == at + 1) {
      return refused("it has no host");
    }
    // A password behind the name says nothing about whose token is meant.
    int userEnd = end(authority, ":@", 0);
    try {
      return resolve(
          url.substring(0, scheme),
          authority.substring(at + 1),
          end == url.length() ? null : PercentEncoding.decode(url.substring(pathStart, pathEnd)),
          at < 0 ? null : PercentEncoding.decode(authority.substring(0, Math.min(at, userEnd))));
    } catch (IllegalArgumentException e) {
      return refused("its percent-encoding is invalid");
    }
  }

  private static Resolution hosted(String name, @Nullable String path, @Nullable String user) {
    if (name.endsWith(HOSTED_BEFORE_2018)) {
      String labels = name.substring(0, name.length() - HOSTED_BEFORE_2018.length());
      int dot = labels.indexOf('.');
      String organization = dot < 0 ? labels : labels.substring(0, dot);
      if (dot >= 0 && !SERVICES.contains(labels.substring(dot + 1))) {
        return refused("not a host of Azure DevOps Services: " + name);
      }
      return OrganizationName.isValid(organization)
          ? organization(organization, false)
          : refused(name + " is not an organization's host");
    }
    if (!name.equals(Identity.SERVICES_HOST)
        && !SERVICES.contains(name.substring(0, name.length() - HOSTED.length()))) {
      return refused("not a host of Azure DevOps Services: " + name);
    }
    String first = path == null ? "" : firstSegment(withoutLeadingSlashes(withoutQuery(path)));
    if (!first.isEmpty()) {
      String organization = decodedOnce(first);
      return OrganizationName.isValid(organization)
          ? organization(organization.toLowerCase(Locale.ROOT), false)
          : refused(NO_ORGANIZATION);
    }
    String named = user == null ? null : decodedOnce(user);
    if (named != null && OrganizationName.isValid(named) && !UserName.isNobodys(named)) {
      return organization(named.toLowerCase(Locale.ROOT), true);
    }
    return new Resolution(Kind.UNKNOWN_ORGANIZATION, null, false, null);
  }

  private static Resolution elsewhere(String scheme, String host, @Nullable String path) {
    boolean web = scheme.equals("https") || scheme.equals("http");
    if (path == null || !web || !isServerPath(path)) {
      return new Resolution(Kind.HOST, new Identity(scheme, host, path), false, null);
    }
    String lower = withoutLeadingSlashes(withoutQuery(path)).toLowerCase(Locale.ROOT);
    String first = firstSegment(lower);
    String collection = first;
    if (first.equals(VIRTUAL_DIRECTORY)) {
      String second = firstSegment(withoutLeadingSlashes(lower.substring(first.length())));
      if (!second.isEmpty() && second.charAt(0) != '_') {
        collection = first + "/" + decodedOnce(second).toLowerCase(Locale.ROOT);
      }
    } else if (first.charAt(0) == '_') {
      collection = null;
    } else {
      collection = decodedOnce(first).toLowerCase(Locale.ROOT);
    }
    return collection == null || isPlainText(collection)
        ? new Resolution(Kind.COLLECTION, new Identity(scheme, host, collection), false, null)
        : refused("its path contains a control character");
  }

  /** Azure DevOps Server and TFS are known by the form of their paths alone. */
  private static boolean isServerPath(String whole) {
    String path = withoutQuery(whole);
    if (firstSegment(withoutLeadingSlashes(path)).equalsIgnoreCase(VIRTUAL_DIRECTORY)) {
      return true;
    }
    int start = 0;
    while (start < path.length()) {
      String segment = firstSegment(path.substring(start));
      if (segment.equalsIgnoreCase("_git")
          || segment.equalsIgnoreCase("_packaging")
          || segment.equalsIgnoreCase("_apis")) {
        return true;
      }
      start += segment.length() + 1;
    }
    return false;
  }

  private static boolean isHosted(String name) {
    return name.equals(Identity.SERVICES_HOST)
        || name.endsWith(HOSTED)
        || name.endsWith(HOSTED_BEFORE_2018)
        || name.equals("visualstudio.com");
  }

  /** Whether DNS would lead a name to the hosted service although it is spelled otherwise. */
  private static boolean looksHosted(String name) {
    if (name.endsWith(".")) {
      return isHosted(name.substring(0, name.length() - 1));
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) > 0x7e) {
        String folded = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return isHosted(folded.replace('\u3002', '.'));
      }
    }
    return false;
  }

  private static boolean isPlainText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlainAuthority(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= 0x20 || c == 0x7f || c == '\\' || c == '%' || c == '@' || c == '/' || c == '?'
          || c == '#') {
        return false;
      }
    }
    return true;
  }

  private static String withoutLeadingSlashes(String path) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return path.substring(start);
  }

  static String firstSegment(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /**
   * Drops a query or fragment: {@code go} and browsers append one, and git takes it for part of the
   * path.
   */
  private static String withoutQuery(String path) {
    return path.substring(0, end(path, "?#", 0));
  }

  /** The index of the first of these characters from a start on, or the text's length. */
  private static int end(String text, String characters, int start) {
    for (int i = start; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  /**
   * Git hands names percent-decoded, cargo (libgit2) as they stand in the URL. Neither the names of
   * organizations and collections nor those of accounts have a percent sign in them.
   */
  private static String decodedOnce(String name) {
    if (name.indexOf('%') < 0) {
      return name;
    }
    try {
      return PercentEncoding.decode(name);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }

  private static Resolution organization(String name, boolean fromUser) {
    return new Resolution(Kind.ORGANIZATION, Identity.ofOrganization(name), fromUser, null);
  }

  /** What is known already to be an organization of Azure DevOps Services. */
  public static Resolution ofOrganization(Identity organization) {
    return new Resolution(Kind.ORGANIZATION, organization, false, null);
  }

  /** What a stored identity stands for. */
  public static Resolution of(Identity stored) {
    return resolve(stored.protocol(), stored.host(), stored.path(), null);
  }

  private static Resolution refused(String why) {
    return new Resolution(Kind.REFUSED, null, false, why);
  }

  /** Whether the place takes PATs; with them any user name will do. */
  public boolean isAzure() {
    return kind == Kind.ORGANIZATION || kind == Kind.COLLECTION;
  }

  /** Whether the only fault is that no organization is named where one should be. */
  public boolean namesNoOrganization() {
    return kind == Kind.REFUSED && NO_ORGANIZATION.equals(refusal);
  }

  /**
   * The user name as far as it says anything about whose token is meant. On Azure hosts an empty
   * one, the organization's or collection's own name, a token typed as user name and the names that
   * are put where any will do say nothing.
   */
  public @Nullable String user(@Nullable String given) {
    if (given == null || !isAzure()) {
      return given;
    }
    String path = identity.path();
    String own = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
    String name = decodedOnce(given);
    return name.equalsIgnoreCase(own) || UserName.isNobodys(name) ? null : name;
  }

  /**
   * Whether two user names mean the same: on Azure hosts as far as {@link #user} says that they
   * mean anybody, and without case.
   */
  public boolean isSameUser(@Nullable String one, @Nullable String other) {
    String first = user(one);
    String second = user(other);
    if (first == null || second == null) {
      return first == null && second == null;
    }
    return isAzure() ? first.equalsIgnoreCase(second) : first.equals(second);
  }
}
