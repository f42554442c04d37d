package io.github.gitcredentialpat.git.secrets;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A place in git's settings or files with a password or token in plain text.
 *
 * @param kind what it stands in
 * @param file the file; absent for git's environment and command line
 * @param setting the name of the setting, without secrets; absent for a file that holds none
 * @param section the first part of that name; absent with it
 * @param url the URL with the secret; absent where it is in none
 */
public record ExposedSecret(
    Kind kind,
    @Nullable Path file,
    @Nullable String setting,
    @Nullable String section,
    @Nullable SecretUrl url) {

  /** The kind of place. */
  public enum Kind {
    /** The value of a setting by which git finds a repository. */
    VALUE("", "in the environment; unset it there"),
    /** The name of a setting, as in {@code url.https://TOKEN@host/.insteadOf}. */
    NAME("", "in the environment; unset it there"),
    PROXY("", "a proxy's password; remove it yourself"),
    TEXT("", "inside other text; remove it yourself"),
    HELPER("credential helper", "in a helper's command; remove it yourself"),
    HEADER("HTTP header", "in a header; remove it yourself"),
    TOKEN("token or password", "remove it yourself"),
    FILE("", "git recorded it; delete it yourself");

    /** What a person reads in place of a URL. */
    public final String shown;

    /** Why it cannot be moved. */
    public final String fault;

    Kind(String shown, String fault) {
      this.shown = shown;
      this.fault = fault;
    }
  }

  /** Whether this program can remove it from there. */
  public boolean isMovable() {
    return file != null && (kind == Kind.VALUE || kind == Kind.NAME);
  }

  /** A copy with another reading of its URL. */
  public ExposedSecret with(SecretUrl other) {
    return new ExposedSecret(kind, file, setting, section, other);
  }

  /** The URL without its secret, or what there is instead, for a person. */
  public String redacted() {
    return url == null ? kind.shown : url.redacted();
  }

  /** The file it is in, for a person. */
  public String shownFile() {
    return file == null ? "the environment" : file.toString();
  }
}
