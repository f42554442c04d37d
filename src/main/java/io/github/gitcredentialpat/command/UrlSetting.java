package io.github.gitcredentialpat.command;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A setting of git that holds a URL with a secret in it.
 *
 * @param file where it is set; absent for git's environment
 * @param key its name, which may itself be what holds the secret
 * @param inKey whether the secret is in the name: {@code url.https://TOKEN@host/.insteadOf}
 * @param url the URL
 */
record UrlSetting(@Nullable Path file, String key, boolean inKey, SecretUrl url) {
  /** Of one setting; null when it is none that git fetches or pushes by, or holds no secret. */
  static @Nullable UrlSetting of(@Nullable Path file, String key, String value) {
    int dot = key.indexOf('.');
    int last = key.lastIndexOf('.');
    if (dot < 0) {
      return null;
    }
    String section = key.substring(0, dot).toLowerCase(Locale.ROOT);
    String name = key.substring(last + 1).toLowerCase(Locale.ROOT);
    boolean rewrites =
        section.equals("url") && (name.equals("insteadof") || name.equals("pushinsteadof"));
    if (rewrites && dot < last) {
      SecretUrl base = SecretUrl.of(key.substring(dot + 1, last));
      if (base != null) {
        return new UrlSetting(file, key, true, base);
      }
    }
    boolean holdsUrl =
        rewrites
            || switch (section) {
              case "remote" ->
                  name.equals("url")
                      || name.equals("pushurl")
                      || name.equals("pushdefault")
                      || name.equals("lfsurl")
                      || name.equals("lfspushurl");
              case "submodule" -> name.equals("url");
              case "branch" -> name.equals("remote") || name.equals("pushremote");
              case "lfs" -> name.equals("url") || name.equals("pushurl");
              default -> false;
            };
    SecretUrl url = holdsUrl ? SecretUrl.of(value) : null;
    return url == null ? null : new UrlSetting(file, key, false, url);
  }

  /** The URL in the name, as it is written. */
  String base() {
    return key.substring(key.indexOf('.') + 1, key.lastIndexOf('.'));
  }

  /** The setting's name without a secret. */
  String shownKey() {
    return inKey ? "url." + url.redacted() + key.substring(key.lastIndexOf('.')) : key;
  }

  /** Where it is set, for a person. */
  String shownFile() {
    return file == null ? "the environment" : file.toString();
  }
}
