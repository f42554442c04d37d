package io.github.gitcredentialpat.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
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
 * @param fromUser whether the organisation was taken from the user part, because no path was given
 * @param refusal why the URL is refused, for a person; absent otherwise
 */
public record Whose(
    Kind kind, @Nullable Identity identity, boolean fromUser, @Nullable String refusal) {

  /** What a URL leads to. */
  public enum Kind {
    /** An organisation of Azure DevOps Services. */
    ORGANIZATION,
    /** A collection of Azure DevOps Server or TFS. */
    COLLECTION,
    /** Any other host. */
    HOST,
    /** Azure DevOps Services, but neither path nor user part says which organisation. */
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
          "advsec");

  /** Names under visualstudio.com that are no organisations. */
  private static final Set<String> NOT_ORGANIZATIONS =
      Set.of("app", "www", "vs-ssh", "marketplace");

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
  public static Whose token(
      String protocol, String hostAndPort, @Nullable String path, @Nullable String user) {
    String scheme = protocol.toLowerCase(Locale.ROOT);
    String host = hostAndPort.toLowerCase(Locale.ROOT);
    if (!isPlainText(scheme) || !isPlainAuthority(host)) {
      return refused("its host holds a character that no host name has");
    }
    if (path != null && !isPlainText(path)) {
      return refused("its path holds a control character");
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
        return refused("a token for Azure DevOps Services is only ever sent over https");
      }
      if (!port.isEmpty() && !port.equals("443")) {
        return refused("Azure DevOps Services has no port " + port);
      }
      return hosted(name, givenPath, user);
    }
    if (looksHosted(name)) {
      return refused("its host only looks like Azure DevOps Services");
    }
    return elsewhere(scheme, host, givenPath);
  }

  /**
   * Resolves what a person types: the name of an organisation, or a URL, percent-encoded or not.
   * What is neither resolves to {@code REFUSED}.
   */
  public static Whose tokenOf(String typed) {
    int scheme = typed.indexOf("://");
    if (scheme < 0) {
      return typed.indexOf('/') < 0
          ? token("https", Identity.SERVICES_HOST, typed, null)
          : tokenOf("https://" + typed);
    }
    int start = scheme + 3;
    int slash = typed.indexOf('/', start);
    String authority = slash < 0 ? typed.substring(start) : typed.substring(start, slash);
    String path = slash < 0 ? null : typed.substring(slash + 1);
    int at = authority.lastIndexOf('@');
    if (authority.length() == at + 1) {
      return refused("it names no host");
    }
    try {
      // URLDecoder is for forms, where a plus sign is a blank; in a path it is a plus sign.
      return token(
          typed.substring(0, scheme),
          authority.substring(at + 1),
          path == null ? null : URLDecoder.decode(path.replace("+", "%2B"), UTF_8),
          at < 0 ? null : URLDecoder.decode(authority.substring(0, at).replace("+", "%2B"), UTF_8));
    } catch (IllegalArgumentException e) {
      return refused("its percent-encoding is broken");
    }
  }

  private static Whose hosted(String name, @Nullable String path, @Nullable String user) {
    if (name.endsWith(HOSTED_BEFORE_2018)) {
      String labels = name.substring(0, name.length() - HOSTED_BEFORE_2018.length());
      int dot = labels.indexOf('.');
      String organization = dot < 0 ? labels : labels.substring(0, dot);
      if (dot >= 0 && !SERVICES.contains(labels.substring(dot + 1))) {
        return refused("Azure DevOps Services has no host " + name);
      }
      return isOrganizationName(organization) && !isReserved(organization)
          ? organization(organization, false)
          : refused(name + " is not an organisation's host");
    }
    if (!name.equals(Identity.SERVICES_HOST)
        && !SERVICES.contains(name.substring(0, name.length() - HOSTED.length()))) {
      return refused("Azure DevOps Services has no host " + name);
    }
    if (path != null) {
      String organization = firstSegment(withoutLeadingSlashes(path)).toLowerCase(Locale.ROOT);
      return isOrganizationName(organization)
          ? organization(organization, false)
          : refused("its path does not begin with the name of an organisation");
    }
    if (user != null && isOrganizationName(user) && !PersonalAccessToken.isLike(user)) {
      return organization(user.toLowerCase(Locale.ROOT), true);
    }
    return new Whose(Kind.UNKNOWN_ORGANIZATION, null, false, null);
  }

  private static Whose elsewhere(String scheme, String host, @Nullable String path) {
    boolean web = scheme.equals("https") || scheme.equals("http");
    if (path == null || !web || !isServerPath(path)) {
      return new Whose(Kind.HOST, new Identity(scheme, host, path), false, null);
    }
    String lower = withoutLeadingSlashes(path).toLowerCase(Locale.ROOT);
    String first = firstSegment(lower);
    String collection = first;
    if (first.equals("tfs")) {
      String second = firstSegment(withoutLeadingSlashes(lower.substring(first.length())));
      if (!second.isEmpty() && second.charAt(0) != '_') {
        collection = first + "/" + second;
      }
    } else if (first.charAt(0) == '_') {
      collection = null;
    }
    return new Whose(Kind.COLLECTION, new Identity(scheme, host, collection), false, null);
  }

  /** Azure DevOps Server and TFS are known by the form of their paths alone. */
  private static boolean isServerPath(String path) {
    if (firstSegment(withoutLeadingSlashes(path)).equalsIgnoreCase("tfs")) {
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

  /** Names that a resolver would lead to the hosted service although they are spelled otherwise. */
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

  private static boolean isReserved(String name) {
    return NOT_ORGANIZATIONS.contains(name)
        || name.startsWith("tfsprod")
        || name.startsWith("spsprod")
        || name.startsWith("pkgsprod");
  }

  private static boolean isOrganizationName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && (i == 0 || (c != '-' && c != '_'))) {
        return false;
      }
    }
    return !name.isEmpty();
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

  private static String firstSegment(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  private static Whose organization(String name, boolean fromUser) {
    return new Whose(Kind.ORGANIZATION, Identity.ofOrganization(name), fromUser, null);
  }

  private static Whose refused(String why) {
    return new Whose(Kind.REFUSED, null, false, why);
  }

  /** Whether PATs are at home there: with them any user name will do. */
  public boolean isAzure() {
    return kind == Kind.ORGANIZATION || kind == Kind.COLLECTION;
  }

  /**
   * The user name as far as it says anything about whose token is meant. On Azure hosts an empty
   * one, the organisation's or collection's own name, and a token typed as user name say nothing.
   */
  public @Nullable String user(@Nullable String given) {
    if (given == null || !isAzure()) {
      return given;
    }
    String path = identity.path();
    String own = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
    return given.isEmpty() || given.equalsIgnoreCase(own) || PersonalAccessToken.isLike(given)
        ? null
        : given;
  }

  /** The page where a person makes a token; absent for a host that is not Azure DevOps. */
  public @Nullable String tokenPage() {
    return isAzure() ? tokenPage(identity) : null;
  }

  /**
   * The page where a person makes a token (Microsoft: "Use personal access tokens"), taking it that
   * the place is Azure DevOps.
   */
  public static String tokenPage(Identity place) {
    return place.protocol()
        + "://"
        + place.host()
        + "/"
        + (place.path() == null ? "" : place.path() + "/")
        + "_usersSettings/tokens";
  }
}
