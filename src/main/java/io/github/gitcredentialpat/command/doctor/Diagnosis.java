package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.cli.Screen.Mark;
import java.util.List;
import org.jspecify.annotations.Nullable;

// More than 400 lines: a table, one constant for each thing that doctor can say.
/**
 * Everything that {@code doctor} can say. Only a {@link PublicText} ever replaces a number in
 * braces, so that the output can be shown to anybody.
 */
enum Diagnosis {
  // --- git ---
  GIT("git", Severity.OK, "git is {0}"),
  GIT_MISSING("git-missing", Severity.ERROR, "git is not on the PATH", "install git"),
  GIT_TOO_OLD(
      "git-too-old",
      Severity.ERROR,
      "git is {0}, whose configuration cannot be looked into",
      "upgrade git to 2.26 or newer"),
  GIT_BEFORE_WWWAUTH(
      "git-old",
      Severity.WARN,
      "git is {0}: it does not tell helpers what a server offers (before 2.41) or when a token"
          + " expires (before 2.40), and a fetch takes four requests instead of two (before 2.46)",
      "upgrade git to 2.46 or newer"),
  GIT_BEFORE_AUTHTYPE(
      "git-old",
      Severity.INFO,
      "git is {0}: from 2.46 on a fetch takes two requests instead of four, and storing a known"
          + " token returns at once",
      "upgrade git to 2.46 or newer"),
  GIT_UNREADABLE(
      "git-configuration-broken",
      Severity.ERROR,
      "git cannot read its configuration",
      "git config --list"),

  // --- the place ---
  NO_PLACE(
      "no-url",
      Severity.INFO,
      "no URL and no https remote here: general checks only",
      "git-credential-pat doctor https://dev.azure.com/ORG"),
  URL_REFUSED(
      "url-refused",
      Severity.ERROR,
      "the remote's URL never gets a token: it only looks like Azure DevOps or is not https",
      "git remote set-url origin URL (the one that the Clone button on the web page shows)"),
  ORGANIZATION_UNKNOWN(
      "organization-unknown",
      Severity.ERROR,
      "the remote's URL does not name the organization",
      "git remote set-url origin https://dev.azure.com/ORG/PROJECT/_git/REPOSITORY"),
  NOT_AZURE(
      "not-azure-devops",
      Severity.INFO,
      "the URL is not Azure DevOps: this is a plain credential helper there"),

  // --- who is asked ---
  HELPER_ONLY("helper", Severity.OK, "git uses this helper, and only this one, for {0}"),
  HELPER_MISSING(
      "helper-missing",
      Severity.ERROR,
      "git does not use this helper for {0}",
      "git-credential-pat configure"),
  HELPER_MISSING_SERVER(
      "helper-missing",
      Severity.ERROR,
      "git does not use this helper for {0}",
      "git-credential-pat configure --server URL"),
  HELPER_GONE(
      "helper-gone",
      Severity.ERROR,
      "the helper named in {0} no longer exists",
      "git-credential-pat configure"),
  HELPER_ELSEWHERE(
      "helper-elsewhere",
      Severity.INFO,
      "git uses another copy of this program",
      "run configure with the copy that git should use"),
  HELPER_BEFORE(
      "helper-before",
      Severity.WARN,
      "{0} ({1}) runs before this helper: its credentials win, and it sees every token",
      "git-credential-pat configure"),
  HELPER_AFTER(
      "helper-after",
      Severity.WARN,
      "{0} ({1}) runs after this helper and also sees every token; configure does not change a"
          + " repository's own settings",
      "git-credential-pat configure"),
  HELPER_PLAINTEXT(
      "helper-plaintext",
      Severity.ERROR,
      "store ({1}) sees every token and writes it to disk in plain text; configure does not change a"
          + " repository's own settings",
      "git-credential-pat configure"),
  PATH_HIDDEN(
      "use-http-path",
      Severity.ERROR,
      "git does not name the organization or collection: useHttpPath is not set",
      "git-credential-pat configure"),
  PATH_HIDDEN_SERVER(
      "use-http-path",
      Severity.ERROR,
      "git does not name the collection: useHttpPath is not set",
      "git-credential-pat configure --server URL"),

  // --- secrets elsewhere ---
  SECRET_IN_URL(
      "secret-in-url",
      Severity.ERROR,
      "git's URLs here (remotes, submodules, insteadOf and others) contain tokens or passwords in"
          + " plain text; move them, then revoke those tokens: {0}",
      "git-credential-pat remotes --fix"),
  SECRET_IN_HELPER(
      "secret-in-helper",
      Severity.ERROR,
      "a credential helper in git's configuration holds a token or password in plain text: {0}",
      "git-credential-pat remotes"),
  SECRET_IN_HEADER(
      "secret-in-header",
      Severity.WARN,
      "http.extraHeader settings contain tokens or passwords in plain text: {0}",
      "git-credential-pat remotes"),
  SECRET_ELSEWHERE(
      "secret-in-configuration",
      Severity.WARN,
      "other git settings and files contain tokens or passwords in plain text: {0}",
      "git-credential-pat remotes"),
  EXTRA_HEADER(
      "extra-header",
      Severity.WARN,
      "http.extraHeader sets its own Authorization, which overrides the token (build pipelines"
          + " leave one behind)",
      "git-credential-pat remotes"),
  NETRC(
      "netrc",
      Severity.WARN,
      "a netrc file has a password or token for that host in plain text, and git uses it before any"
          + " helper; move it, then revoke it",
      "git-credential-pat import --from netrc{0} --delete"),
  PLAINTEXT(
      "plaintext-file",
      Severity.WARN,
      "git's store helper has passwords or tokens for these hosts in plain text; move them, then"
          + " revoke them: {0}",
      "git-credential-pat import --from store{1} --delete"),
  PLAINTEXT_OF_MANAGER(
      "plaintext-file-gcm",
      Severity.WARN,
      "Git Credential Manager has passwords or tokens for these hosts in plain text; move them, then"
          + " revoke them: {0}",
      "git-credential-pat import --from gcm{1} --delete"),
  FOREIGN_ENTRIES(
      "entries-of-others",
      Severity.INFO,
      "{1} still has entries for {2}, which are not used: {0}",
      "git-credential-pat import{3}"),
  FOREIGN_UNREADABLE(
      "plaintext-file-unreadable",
      Severity.WARN,
      "cannot read a file, folder or keychain with another program's passwords",
      "git-credential-pat import --dry-run"),

  // --- the stores ---
  STORE_READY("store", Severity.OK, "{0} is ready, entries: {1}"),
  STORE_READ_ONLY("store", Severity.OK, "{0} is ready (read only)"),
  STORE_EMPTY(
      "store-empty",
      Severity.WARN,
      "{0} has no token: neither GIT_CREDENTIAL_PAT_TOKEN, GIT_CREDENTIAL_PAT_TOKEN_FILE,"
          + " AZURE_DEVOPS_EXT_PAT nor SYSTEM_ACCESSTOKEN with SYSTEM_COLLECTIONURI is set",
      "set one of these variables where git runs"),
  STORE_SHARED(
      "store",
      Severity.OK,
      "{0} can be reached, entries: {1}; many machines share it, so git only reads it"),
  STORE_REMEMBERED("store-remembered", Severity.INFO, "{0} was last asked for {1} at {2}"),
  CREATES(
      "creates",
      Severity.INFO,
      "a token that is missing is created on the server, for {0} days",
      "git-credential-pat unconfigure --create"),
  ACCESS_TOKEN("access-token", Severity.OK, "{0} answers {2} with an access token ({1}) until {3}"),
  ACCESS_TOKEN_FAILED(
      "access-token-failed",
      Severity.WARN,
      "{0} cannot get an access token for {1} in every way that is set up here",
      "git-credential-pat check {1}"),
  STORE_ABSENT("store-absent", Severity.INFO, "{0} is not available here"),
  STORE_LOCKED(
      "store-locked",
      Severity.WARN,
      "{0} is locked; unlock it to use its tokens",
      "git-credential-pat stores"),
  STORE_SLOW(
      "store-no-answer",
      Severity.ERROR,
      "{0} does not answer within five seconds; restart its service",
      "git-credential-pat stores"),
  STORE_FAILED("store-failed", Severity.ERROR, "{0} cannot be read", "git-credential-pat stores"),
  STORE_DAMAGED(
      "store-damaged",
      Severity.WARN,
      "{0} has entries that are damaged or from a newer version, ignored: {1}; restore them from a"
          + " backup, or delete them and log in again",
      "git-credential-pat stores"),
  STORES_NONE(
      "stores-none", Severity.ERROR, "no store can keep a new token", "git-credential-pat stores"),
  STORE_UNKNOWN(
      "store-unknown",
      Severity.ERROR,
      "git's configuration names an unknown store",
      "git-credential-pat configure --store NAME"),

  // --- the tokens ---
  TOKEN_NONE("token-none", Severity.WARN, "no token for {0}", "git-credential-pat login {1}"),
  TOKEN("token", Severity.OK, "a token is stored for {0}"),
  SIGN_IN(
      "sign-in",
      Severity.INFO,
      "{0} remembers a Microsoft Entra sign-in, which can create tokens",
      "git-credential-pat logout --sign-in"),
  TOKEN_ELSEWHERE(
      "token-elsewhere",
      Severity.WARN,
      "a token for {0} is in {1}, which git's helper does not use",
      "git-credential-pat configure --store {1}"),
  TOKEN_SEVERAL(
      "token-several",
      Severity.INFO,
      "{0} tokens are stored for {1}; git uses the newest unless the URL names a user",
      "git-credential-pat list {2}"),
  TOKEN_EXPIRED(
      "token-expired",
      Severity.ERROR,
      "a token for {0} expired on {2}",
      "git-credential-pat login {1}"),
  TOKEN_EXPIRING(
      "token-expiring",
      Severity.WARN,
      "a token for {0} expires on {2}",
      "git-credential-pat login {1}"),
  TOKEN_SET_ASIDE(
      "token-set-aside",
      Severity.WARN,
      "a token for {0} was rejected on {2} and is set aside (login --restore brings it back)",
      "git-credential-pat login {1}"),
  TOKEN_MARKED(
      "token-marked",
      Severity.WARN,
      "a token in {0} has quotes or invisible characters around it, which other programs do not"
          + " ignore",
      "set the variable or write the file without them"),
  TOKEN_MISTYPED(
      "token-mistyped",
      Severity.WARN,
      "the entry for {0} does not look like a token",
      "git-credential-pat login {1}"),

  // --- their renewal ---
  RENEWAL("renewal", Severity.OK, "the last renewal of tokens, on {0}, left nothing to do"),
  RENEWAL_FAILED(
      "renewal-failed",
      Severity.WARN,
      "the last renewal of tokens, on {0}, could not renew all of them",
      "git-credential-pat renew"),
  RENEWAL_LATE(
      "renewal-late",
      Severity.WARN,
      "a timer should renew tokens daily, but the last run was on {0}",
      "git-credential-pat configure --renew"),
  RENEWAL_NEW("renewal", Severity.OK, "a timer renews tokens daily; it has not run yet"),

  // --- this program ---
  RUNTIME("runtime", Severity.OK, "running on Java {0} with its CDS archive"),
  RUNTIME_NATIVE("runtime", Severity.OK, "running as a native image (Java {0})"),
  RUNTIME_OTHER("runtime-other", Severity.INFO, "running on Java {0}, not on its own runtime"),
  RUNTIME_NO_ARCHIVE(
      "runtime-archive",
      Severity.WARN,
      "running on Java {0} without its CDS archive: it starts slowly",
      "reinstall it (also after moving its folder)"),
  GET_TIME("get-time", Severity.OK, "a lookup takes {0} ms"),
  GET_SLOW(
      "get-slow",
      Severity.WARN,
      "a lookup takes {0} ms, and git waits for it",
      "git-credential-pat selftest"),
  GET_FAILED(
      "get-failed",
      Severity.ERROR,
      "a lookup fails when called the way git does",
      "GIT_CREDENTIAL_PAT_TRACE=1 git fetch"),
  LAUNCHER_UNKNOWN(
      "launcher-unknown", Severity.INFO, "not started by its launcher: cannot time its start"),

  // --- the network ---
  SSL_VERIFY_OFF(
      "ssl-verify",
      Severity.ERROR,
      "git does not verify the server's certificate: anyone on the network can get the token",
      "git config --global --unset-all http.sslVerify"),
  CA_MISSING(
      "ca-file",
      Severity.ERROR,
      "cannot read the file with certificate authorities that git is set to use",
      "set http.sslCAInfo (or GIT_SSL_CAINFO) to an existing file"),
  CA_SET("ca-file", Severity.INFO, "custom certificate authorities are set"),
  PROXY_SET("proxy", Severity.INFO, "a proxy is set"),
  PROXY_UNUSABLE(
      "proxy-unusable",
      Severity.WARN,
      "this program does not support the kind of proxy that is set (git may)",
      "set http.proxy to an http:// proxy for check and login"),
  PLAIN_HTTP(
      "plain-http",
      Severity.WARN,
      "the server uses http, which sends the token unencrypted",
      "ask its administrators for https"),
  SERVER_NTLM(
      "server-ntlm",
      Severity.WARN,
      "if the server also offers NTLM, this git tries that and never sends the token",
      "upgrade git to 2.46 or newer"),

  // --- what the service says ---
  REACHABLE("reachable", Severity.OK, "{0} is reachable"),
  UNREACHABLE(
      "unreachable",
      Severity.ERROR,
      "cannot reach {0}; --trace shows why (do not publish that)",
      "git-credential-pat doctor {1} --online --trace"),
  UNTRUSTED(
      "untrusted",
      Severity.ERROR,
      "the certificate of {0} is not trusted",
      "set http.sslCAInfo to the file with your company's certificate authority"),
  NO_ANSWER(
      "no-answer",
      Severity.ERROR,
      "{0} does not answer in time",
      "try again later, or set http.proxy if you need a proxy"),
  ONLINE_GOOD("token-online", Severity.OK, "the token for {0} is valid"),
  ONLINE_REJECTED(
      "token-rejected",
      Severity.ERROR,
      "the token for {0} is rejected (expired, revoked, mistyped, for another organization or"
          + " without the scope)",
      "git-credential-pat login {1}"),
  ONLINE_GLOBAL(
      "token-global",
      Severity.ERROR,
      "the token for {0} is for all organizations, which {0} no longer accepts",
      "git-credential-pat login {1}"),
  ONLINE_NOT_A_MEMBER(
      "token-not-a-member",
      Severity.ERROR,
      "the token's owner is not a member of {0}; ask its administrators for an invitation or use another token",
      "git-credential-pat login {1}"),
  ONLINE_GLOBAL_ENDS(
      "token-global",
      Severity.WARN,
      "the token for {0} is for all organizations; such tokens stop working on 2026-12-01",
      "git-credential-pat token create {1}"),
  ONLINE_CONDITIONAL_ACCESS(
      "conditional-access",
      Severity.WARN,
      "the token for {0} is valid, but a policy blocks this network or device",
      "use the company network or ask its administrators"),
  ONLINE_NEVER_SIGNED_IN(
      "never-signed-in",
      Severity.ERROR,
      "the token's owner has never signed in to {0}",
      "sign in once with a browser"),
  ONLINE_IIS_BASIC(
      "iis-basic",
      Severity.ERROR,
      "IIS Basic Authentication on the server takes tokens for Windows passwords",
      "ask its administrators to turn it off in IIS"),
  ONLINE_NO_READ(
      "token-scope",
      Severity.ERROR,
      "the token for {0} cannot fetch: scope Code (Read) is missing",
      "git-credential-pat token scope {1} --add git"),
  ONLINE_NO_WRITE(
      "token-scope",
      Severity.WARN,
      "the token for {0} can fetch but not push: scope Code (Read & write) is missing",
      "git-credential-pat token scope {1} --add git"),
  ONLINE_REPOSITORY(
      "repository-hidden",
      Severity.ERROR,
      "the token for {0} is valid, but the repository does not exist or its owner cannot read it",
      "check the URL or ask the project's administrators"),
  ONLINE_NO_PUSH(
      "push-forbidden",
      Severity.WARN,
      "the token for {0} is valid, but its owner cannot push to this repository",
      "ask the project's administrators"),
  ONLINE_UNKNOWN(
      "token-unknown",
      Severity.WARN,
      "cannot check the token for {0}",
      "git-credential-pat check {1}"),

  // --- WSL ---
  WSL_WINDOWS("wsl", Severity.OK, "WSL: git uses the helper on Windows for {0}"),
  WSL_WINDOWS_UNUSED(
      "wsl-windows-helper",
      Severity.INFO,
      "WSL: Windows has this helper too; git can use it and share its keychain",
      "git-credential-pat configure"),
  WSL_LINUX(
      "wsl",
      Severity.INFO,
      "WSL: Windows does not have this helper; tokens are stored on the Linux side",
      "run install\\install.ps1 on Windows, then git-credential-pat configure here"),

  NOT_LOOKED_AT(
      "not-looked-at",
      Severity.WARN,
      "a check could not be completed; --trace shows why (do not publish that)",
      "git-credential-pat doctor --trace");

  /** How bad it is. */
  enum Severity {
    OK("ok", Mark.GOOD),
    INFO("info", Mark.NOTE),
    WARN("warn", Mark.WARNING),
    ERROR("error", Mark.BAD);

    final String word;
    final Mark mark;

    Severity(String word, Mark mark) {
      this.word = word;
      this.mark = mark;
    }
  }

  final String id;
  final Severity severity;
  private final String message;
  private final @Nullable String fix;

  Diagnosis(String id, Severity severity, String message) {
    this(id, severity, message, null);
  }

  Diagnosis(String id, Severity severity, String message, @Nullable String fix) {
    this.id = id;
    this.severity = severity;
    this.message = message;
    this.fix = fix;
  }

  /** The finding, in plain words. */
  String message(List<PublicText> facts) {
    return filled(message, facts);
  }

  /** What to type or do; absent where nothing has to be done. */
  @Nullable String fix(List<PublicText> facts) {
    return fix == null ? null : filled(fix, facts);
  }

  private static String filled(String text, List<PublicText> facts) {
    String filled = text;
    for (int i = 0; i < facts.size(); i++) {
      filled = filled.replace("{" + i + "}", facts.get(i).toString());
    }
    return filled;
  }
}
