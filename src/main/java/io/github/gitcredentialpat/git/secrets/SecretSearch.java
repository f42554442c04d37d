package io.github.gitcredentialpat.git.secrets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.gitcredentialpat.git.secrets.ExposedSecret.Kind;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.UserName;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Searches git's settings and files for passwords and tokens. Every name and value is searched,
 * since git, git-lfs and scripts put URLs into many; the kind of setting only decides whether its
 * secret can be moved.
 */
public final class SecretSearch {
  /** The sections whose subsections are URLs by which something is found, or for which it holds. */
  private static final Set<String> NAMED_BY_URL =
      Set.of("remote", "url", "http", "credential", "lfs", "branch", "submodule");

  /** The settings that are URLs by which git or git-lfs finds a repository, by their last part. */
  private static final Set<String> URLS =
      Set.of(
          "remote.url",
          "remote.pushurl",
          "remote.pushdefault",
          "remote.lfsurl",
          "remote.lfspushurl",
          "submodule.url",
          "branch.remote",
          "branch.pushremote",
          "lfs.url",
          "lfs.pushurl",
          "url.insteadof",
          "url.pushinsteadof",
          "fetch.bundleuri",
          "bundle.uri",
          "extensions.partialclone");

  /** Settings whose whole value is a secret. */
  private static final Set<String> SECRETS =
      Set.of("password", "smtppass", "token", "oauthtoken", "accesstoken", "privatetoken");

  private static final Pattern URL =
      Pattern.compile("[A-Za-z][A-Za-z0-9+-]*://[^\\s\"'<>;&|`$(){}]+");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{20,}");

  /** A secret in a command: what a helper prints, or an option is given. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(?i)(?:\\b(?:password|oauth_refresh_token|credential)="
              + "|--(?:password|token|access-token|pat|secret)[ =])[\\\\\"']*([^\\s\"';&|`)}\\\\]+)");

  /** The names of headers that carry a secret. */
  private static final Pattern SECRET_HEADER =
      Pattern.compile(
          "(?i)\\s*(?:proxy-)?(?:authorization|cookie|[\\w-]*(?:token|key))\\s*:\\s*\\S.*");

  private final Set<ExposedSecret> found = new LinkedHashSet<>();
  private final KnownOrganizations organizations;

  /**
   * A search.
   *
   * @param organizations gets those that the same settings name
   */
  public SecretSearch(KnownOrganizations organizations) {
    this.organizations = organizations;
  }

  /** The places found, in order, each once. */
  public Set<ExposedSecret> found() {
    return found;
  }

  /** Searches a setting, which may have no value. */
  public void setting(@Nullable Path file, String key, @Nullable String value) {
    int dot = key.indexOf('.');
    int last = key.lastIndexOf('.');
    String section = key.substring(0, Math.max(dot, 0)).toLowerCase(Locale.ROOT);
    String name = key.substring(last + 1).toLowerCase(Locale.ROOT);
    String subsection = dot < last ? key.substring(dot + 1, last) : null;
    if (subsection != null) {
      organizations.addUrl(subsection);
      SecretUrl url = SecretUrl.of(subsection);
      if (url != null && NAMED_BY_URL.contains(section)) {
        add(Kind.NAME, file, key, section, url);
      } else {
        text(Kind.TEXT, file, key, section, subsection);
      }
    }
    if (value != null) {
      organizations.addUrl(value);
      value(file, key, section, name, value);
    }
  }

  private void value(@Nullable Path file, String key, String section, String name, String value) {
    SecretUrl url = SecretUrl.of(value);
    if (name.equals("proxy")) {
      url = SecretUrl.of(value.contains("://") ? value : "http://" + value);
      if (url != null) {
        add(Kind.PROXY, file, key, section, url);
      }
    } else if (url != null) {
      boolean isKnown = URLS.contains(section + "." + name);
      add(isKnown ? Kind.VALUE : Kind.TEXT, file, key, section, url);
    } else if (name.equals("extraheader")) {
      if (SECRET_HEADER.matcher(value).matches()) {
        add(Kind.HEADER, file, key, section, null);
      }
    } else if (section.equals("credential") && name.equals("helper")) {
      if (isLiteral(value) || !urls(value).isEmpty() || hasToken(value)) {
        add(Kind.HELPER, file, key, section, null);
      }
    } else if (SECRETS.contains(name) && !value.isEmpty()) {
      add(Kind.TOKEN, file, key, section, null);
    } else if (value.startsWith("!") && isLiteral(value)) {
      add(Kind.TOKEN, file, key, section, null);
    } else {
      text(Kind.TEXT, file, key, section, value);
    }
  }

  /** Searches free text. */
  private void text(Kind kind, @Nullable Path file, String key, String section, String text) {
    List<SecretUrl> urls = urls(text);
    for (SecretUrl url : urls) {
      add(kind, file, key, section, url);
    }
    if (urls.isEmpty() && hasToken(text)) {
      add(Kind.TOKEN, file, key, section, null);
    }
  }

  /** Searches a file of git's that holds no settings, such as {@code FETCH_HEAD}. */
  public void file(Path file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file, ISO_8859_1)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.contains("://") && line.indexOf('@') >= 0) {
          for (SecretUrl url : urls(line)) {
            // Once is enough: all of it has to go.
            found.add(new ExposedSecret(Kind.FILE, file, null, null, url));
            return;
          }
        }
      }
    }
  }

  private void add(
      Kind kind, @Nullable Path file, String key, String section, @Nullable SecretUrl url) {
    found.add(new ExposedSecret(kind, file, redacted(key), section, url));
  }

  private static List<SecretUrl> urls(String text) {
    List<SecretUrl> urls = new ArrayList<>();
    Matcher matcher = URL.matcher(text);
    while (matcher.find()) {
      SecretUrl url = SecretUrl.of(matcher.group());
      if (url != null) {
        urls.add(url);
      }
    }
    return urls;
  }

  private static boolean hasToken(String text) {
    Matcher matcher = WORD.matcher(text);
    boolean hasToken = false;
    while (matcher.find()) {
      hasToken |= UserName.isToken(matcher.group());
    }
    return hasToken;
  }

  /** Whether a command contains a literal secret, and not only a variable or substitution. */
  private static boolean isLiteral(String command) {
    Matcher matcher = LITERAL.matcher(command);
    boolean isLiteral = false;
    while (matcher.find()) {
      isLiteral |= "$%<{".indexOf(matcher.group(1).charAt(0)) < 0;
    }
    return isLiteral;
  }

  /** The name of a setting without the secrets in it. */
  private static String redacted(String key) {
    int dot = key.indexOf('.');
    int last = key.lastIndexOf('.');
    SecretUrl whole = dot < last ? SecretUrl.of(key.substring(dot + 1, last)) : null;
    String redacted =
        whole == null
            ? URL.matcher(key)
                .replaceAll(
                    match -> {
                      SecretUrl url = SecretUrl.of(match.group());
                      return Matcher.quoteReplacement(url == null ? match.group() : url.redacted());
                    })
            : key.substring(0, dot + 1) + whole.redacted() + key.substring(last);
    return WORD.matcher(redacted)
        .replaceAll(
            match ->
                UserName.isToken(match.group()) ? "***" : Matcher.quoteReplacement(match.group()));
  }
}
