package io.github.gitcredentialpat.endtoend;

import java.util.List;

/** A server where one user with one password comes in by Basic authentication. */
final class PasswordSite implements Site {
  private final List<String> refused;
  private final boolean dumb;
  private final String user;
  private final String password;

  private PasswordSite(List<String> refused, boolean dumb, String user, String password) {
    this.refused = refused;
    this.dumb = dumb;
    this.user = user;
    this.password = password;
  }

  /** An ordinary git host, which offers Basic alone. */
  static PasswordSite plain(String user, String password) {
    return new PasswordSite(List.of("Basic realm=\"git\""), false, user, password);
  }

  /** A web server with a repository as plain files. */
  static PasswordSite files(String user, String password) {
    return new PasswordSite(List.of("Basic realm=\"files\""), true, user, password);
  }

  /**
   * Azure DevOps Server, which offers four schemes and takes a token as Basic password. No NTLM
   * handshake ever comes to a good end here, as it does not with a token for a domain password.
   */
  static PasswordSite tfs(String token) {
    return new PasswordSite(
        List.of("Bearer", "Basic realm=\"http://tfs.corp.local/tfs\"", "NTLM", "Negotiate"),
        false,
        "",
        token);
  }

  /** A Server that offers these and takes a token as Basic password. */
  static PasswordSite offering(String token, String... challenges) {
    return new PasswordSite(List.of(challenges), false, "", token);
  }

  @Override
  public List<String> challenges(Visit visit) {
    boolean welcome =
        password.equals(visit.password()) && (user.isEmpty() || user.equals(visit.user()));
    return welcome ? List.of() : refused;
  }

  @Override
  public boolean dumb() {
    return dumb;
  }
}
