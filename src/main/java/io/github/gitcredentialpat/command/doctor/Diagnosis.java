package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.cli.Screen.Mark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code doctor} can say. Where a number stands in braces a {@link PublicText} of that
 * place is put, and nothing else ever is: what it prints can be shown to anybody.
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
      "git is {0}: it does not tell helpers what a server offers (from 2.41 on) or when a token"
          + " expires (2.40), and a fetch takes four requests where two would do (2.46)",
      "upgrade git to 2.46 or newer"),
  GIT_BEFORE_AUTHTYPE(
      "git-old",
      Severity.INFO,
      "git is {0}: from 2.46 on a fetch takes two requests instead of four, and a store of what is"
          + " already kept ends at once",
      "upgrade git to 2.46 or newer"),
  GIT_UNREADABLE(
      "git-configuration-broken",
      Severity.ERROR,
      "git cannot read its configuration",
      "git config --list, which names the file and the line"),

  // --- the place ---
  NO_PLACE(
      "no-url",
      Severity.INFO,
      "no URL was given and no remote of https says one, so only what holds everywhere is looked"
          + " at",
      "git-credential-pat doctor https://dev.azure.com/ORG"),
  URL_REFUSED(
      "url-refused",
      Severity.ERROR,
      "the remote's URL is one that no token is ever given to: it only looks like Azure DevOps, or"
          + " is not https",
      "git remote set-url origin URL, with the address that the web page's Clone button shows"),
  ORGANIZATION_UNKNOWN(
      "organization-unknown",
      Severity.ERROR,
      "the remote's URL does not say which organization is meant",
      "git remote set-url origin https://dev.azure.com/ORG/PROJECT/_git/REPOSITORY"),
  NOT_AZURE(
      "not-azure-devops",
      Severity.INFO,
      "the URL is not one of Azure DevOps, where this is a plain helper"),

  // --- who is asked ---
  HELPER_ONLY("helper", Severity.OK, "git asks this helper, and no other, for {0}"),
  HELPER_MISSING(
      "helper-missing",
      Severity.ERROR,
      "git does not ask this helper for {0}",
      "git-credential-pat configure"),
  HELPER_MISSING_SERVER(
      "helper-missing",
      Severity.ERROR,
      "git does not ask this helper for {0}",
      "git-credential-pat configure --server URL, with the server's address"),
  HELPER_GONE(
      "helper-gone",
      Severity.ERROR,
      "the helper that {0} names is not there any more",
      "git-credential-pat configure"),
  HELPER_ELSEWHERE(
      "helper-elsewhere",
      Severity.INFO,
      "git asks another copy of this program than the one that runs now",
      "git-credential-pat configure, by the copy that is meant"),
  HELPER_BEFORE(
      "helper-before",
      Severity.WARN,
      "{0} ({1}) is asked before this helper: what it has wins, and it is given every token",
      "git-credential-pat configure, after which this helper alone is asked"),
  HELPER_AFTER(
      "helper-after",
      Severity.WARN,
      "{0} ({1}) comes after this helper and is given every token too",
      "git-credential-pat configure; what a repository sets is taken out by hand ({1})"),
  HELPER_PLAINTEXT(
      "helper-plaintext",
      Severity.ERROR,
      "store ({1}) is given every token, and writes it to disk in plain text",
      "git-credential-pat configure; what a repository sets is taken out by hand ({1})"),
  PATH_HIDDEN(
      "use-http-path",
      Severity.ERROR,
      "git does not say which organization or collection is meant: useHttpPath is not set",
      "git-credential-pat configure"),
  PATH_HIDDEN_SERVER(
      "use-http-path",
      Severity.ERROR,
      "git does not say which collection is meant: useHttpPath is not set",
      "git-credential-pat configure --server URL, with the server's address"),

  // --- secrets elsewhere ---
  SECRET_IN_URL(
      "secret-in-url",
      Severity.ERROR,
      "git's URLs here (remotes, submodules, insteadOf and others) hold a token or password in plain"
          + " text; move them, then revoke those tokens: {0}",
      "git-credential-pat remotes --fix"),
  SECRET_IN_HELPER(
      "secret-in-helper",
      Severity.ERROR,
      "credential helpers in git's configuration hold a token or password in plain text, which"
          + " everybody can read who can read the file: {0}",
      "git-credential-pat remotes"),
  SECRET_IN_HEADER(
      "secret-in-header",
      Severity.WARN,
      "http.extraHeader settings hold a token or password in plain text: {0}",
      "git-credential-pat remotes"),
  SECRET_ELSEWHERE(
      "secret-in-configuration",
      Severity.WARN,
      "other settings and files of git hold a token or password in plain text: {0}",
      "git-credential-pat remotes"),
  EXTRA_HEADER(
      "extra-header",
      Severity.WARN,
      "http.extraHeader carries an Authorization of its own, which competes with the token"
          + " (build pipelines leave one behind)",
      "git-credential-pat remotes"),
  NETRC(
      "netrc",
      Severity.WARN,
      "a netrc file has a password or token for that host in plain text, which git uses before it"
          + " asks any helper; move it, then revoke it",
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
      "a file, folder or keychain in which another program keeps passwords cannot be read",
      "git-credential-pat import --dry-run"),

  // --- the stores ---
  STORE_READY("store", Severity.OK, "{0} is ready; entries in it: {1}"),
  STORE_READ_ONLY("store", Severity.OK, "{0} is ready, and read only"),
  STORE_EMPTY(
      "store-empty",
      Severity.WARN,
      "{0} has no token: GIT_CREDENTIAL_PAT_TOKEN, GIT_CREDENTIAL_PAT_TOKEN_FILE and"
          + " AZURE_DEVOPS_EXT_PAT are not set, nor SYSTEM_ACCESSTOKEN with SYSTEM_COLLECTIONURI",
      "set one of these variables where git runs"),
  STORE_ABSENT("store-absent", Severity.INFO, "{0} is not available here"),
  STORE_LOCKED(
      "store-locked",
      Severity.WARN,
      "{0} is locked: its tokens cannot be read now",
      "unlock it; git-credential-pat stores says where it is"),
  STORE_SLOW(
      "store-no-answer",
      Severity.ERROR,
      "{0} does not answer in five seconds",
      "restart the service behind it; git-credential-pat stores says where it is"),
  STORE_FAILED(
      "store-failed",
      Severity.ERROR,
      "{0} cannot be read",
      "git-credential-pat stores, which says why"),
  STORE_DAMAGED(
      "store-damaged",
      Severity.WARN,
      "entries of {0} that are damaged or of a newer version, and are passed over: {1}",
      "git-credential-pat stores names the folder: put them back from a backup, or delete them and"
          + " log in again"),
  STORES_NONE(
      "stores-none",
      Severity.ERROR,
      "no store can keep a new token",
      "git-credential-pat stores, which says why"),
  STORE_UNKNOWN(
      "store-unknown",
      Severity.ERROR,
      "git's configuration chooses a store that there is not",
      "git-credential-pat configure --store NAME"),

  // --- the tokens ---
  TOKEN_NONE(
      "token-none", Severity.WARN, "no token is kept for {0}", "git-credential-pat login {1}"),
  TOKEN("token", Severity.OK, "a token is kept for {0}"),
  SIGN_IN(
      "sign-in",
      Severity.INFO,
      "{0} remembers a sign-in to Microsoft Entra, which can create tokens",
      "git-credential-pat logout --sign-in, to forget it"),
  TOKEN_ELSEWHERE(
      "token-elsewhere",
      Severity.WARN,
      "a token for {0} lies in {1}, which git's helper does not ask",
      "git-credential-pat configure --store {1}, or log in again without --store"),
  TOKEN_SEVERAL(
      "token-several",
      Severity.INFO,
      "{0} tokens are kept for {1}; the newest is used where the URL names no user",
      "git-credential-pat list {2}"),
  TOKEN_EXPIRED(
      "token-expired",
      Severity.ERROR,
      "a token for {0} has expired on {2}",
      "git-credential-pat login {1}"),
  TOKEN_EXPIRING(
      "token-expiring",
      Severity.WARN,
      "a token for {0} expires on {2}",
      "git-credential-pat login {1}"),
  TOKEN_SET_ASIDE(
      "token-set-aside",
      Severity.WARN,
      "a token for {0} was refused on {2} and is set aside",
      "git-credential-pat login {1}, or login --restore {1} if it is good after all"),
  TOKEN_MARKED(
      "token-marked",
      Severity.WARN,
      "a token in {0} has quotes or invisible characters around it: they are ignored here, but not"
          + " by other programs",
      "set the variable, or write the file, once more without them"),
  TOKEN_MISTYPED(
      "token-mistyped",
      Severity.WARN,
      "what is kept for {0} does not look like a token",
      "git-credential-pat login {1}"),

  // --- this program ---
  RUNTIME("runtime", Severity.OK, "it runs on Java {0} with its archive of loaded classes"),
  RUNTIME_NATIVE("runtime", Severity.OK, "it is a native image, of Java {0}"),
  RUNTIME_OTHER(
      "runtime-other", Severity.INFO, "it runs on Java {0}, which is not the runtime of its own"),
  RUNTIME_NO_ARCHIVE(
      "runtime-archive",
      Severity.WARN,
      "it runs on Java {0} without its archive of loaded classes, and starts slowly",
      "install it anew; a folder that was moved has to be installed again"),
  GET_TIME("get-time", Severity.OK, "a get takes {0} ms"),
  GET_SLOW(
      "get-slow",
      Severity.WARN,
      "a get takes {0} ms, and git waits for it",
      "git-credential-pat stores, to see which store is slow"),
  GET_FAILED(
      "get-failed",
      Severity.ERROR,
      "a get does not end well when git's way of calling it is tried",
      "GIT_CREDENTIAL_PAT_TRACE=1 git fetch shows more"),
  LAUNCHER_UNKNOWN(
      "launcher-unknown",
      Severity.INFO,
      "it was not started by its launcher, so its start could not be timed"),

  // --- the network ---
  SSL_VERIFY_OFF(
      "ssl-verify",
      Severity.ERROR,
      "git does not verify the server's certificate, so that anybody on the way gets the token",
      "git config --global --unset-all http.sslVerify, and set http.sslCAInfo to the authority"),
  CA_MISSING(
      "ca-file",
      Severity.ERROR,
      "the file with certificate authorities that is set for git cannot be read",
      "set http.sslCAInfo (or GIT_SSL_CAINFO) to a file that is there"),
  CA_SET("ca-file", Severity.INFO, "certificate authorities of your own are set"),
  PROXY_SET("proxy", Severity.INFO, "a proxy is set"),
  PROXY_UNUSABLE(
      "proxy-unusable",
      Severity.WARN,
      "the proxy that is set is of a kind that this program does not speak; git may do",
      "set http.proxy to an http:// proxy for check and login"),
  PLAIN_HTTP(
      "plain-http",
      Severity.WARN,
      "the server is reached over http, which sends the token in the clear",
      "ask its administrators for https"),
  SERVER_NTLM(
      "server-ntlm",
      Severity.WARN,
      "where the server offers NTLM too, this git tries that and never sends the token",
      "upgrade git to 2.46 or newer"),

  // --- what the service says ---
  REACHABLE("reachable", Severity.OK, "{0} is reached"),
  UNREACHABLE(
      "unreachable",
      Severity.ERROR,
      "{0} is not reached",
      "git-credential-pat doctor {1} --online --trace, which says why; do not publish that"),
  UNTRUSTED(
      "untrusted",
      Severity.ERROR,
      "the certificate of {0} is not trusted",
      "set http.sslCAInfo to the file with your company's certificate authority"),
  NO_ANSWER(
      "no-answer",
      Severity.ERROR,
      "{0} gives no answer in time",
      "try again later; check http.proxy where a proxy leads out"),
  ONLINE_GOOD("token-online", Severity.OK, "the token for {0} is good"),
  ONLINE_REJECTED(
      "token-rejected",
      Severity.ERROR,
      "the token for {0} is not accepted: expired, revoked, mistyped, of another organization, or"
          + " without a scope",
      "git-credential-pat login {1}"),
  ONLINE_GLOBAL(
      "token-global",
      Severity.ERROR,
      "the token for {0} is one for all organizations, which stop working on 1 December 2026",
      "git-credential-pat login {1}, with a token for this organization alone"),
  ONLINE_NOT_A_MEMBER(
      "token-not-a-member",
      Severity.ERROR,
      "the token's owner is no member of {0}",
      "ask its administrators for an invitation, or: git-credential-pat login {1}"),
  ONLINE_GLOBAL_ENDS(
      "token-global",
      Severity.WARN,
      "the token for {0} is for all organizations; such tokens stop working on 2026-12-01",
      "git-credential-pat token create {1}"),
  ONLINE_CONDITIONAL_ACCESS(
      "conditional-access",
      Severity.WARN,
      "the token for {0} is good, but a policy forbids this network or device",
      "try from the company's network, or ask its administrators"),
  ONLINE_NEVER_SIGNED_IN(
      "never-signed-in",
      Severity.ERROR,
      "the token's owner never signed in to {0}",
      "sign in once with a browser"),
  ONLINE_IIS_BASIC(
      "iis-basic",
      Severity.ERROR,
      "IIS Basic Authentication is on at the server, which keeps tokens from Azure DevOps",
      "have its administrators turn that off in IIS"),
  ONLINE_NO_READ(
      "token-scope",
      Severity.ERROR,
      "the token for {0} lacks the scope Code (Read)",
      "git-credential-pat token scope {1}"),
  ONLINE_NO_WRITE(
      "token-scope",
      Severity.WARN,
      "the token for {0} may fetch, but not push: it lacks the scope Code (Read & write)",
      "git-credential-pat token scope {1}"),
  ONLINE_REPOSITORY(
      "repository-hidden",
      Severity.ERROR,
      "the token for {0} is good; the repository is not there, or its owner may not read it",
      "check the URL, or ask the project's administrators"),
  ONLINE_NO_PUSH(
      "push-forbidden",
      Severity.WARN,
      "the token for {0} is good; its owner may not push to this repository",
      "ask the project's administrators"),
  ONLINE_UNKNOWN(
      "token-unknown",
      Severity.WARN,
      "whether the token for {0} is good could not be told",
      "git-credential-pat check {1}, which says why"),

  // --- WSL ---
  WSL_WINDOWS("wsl", Severity.OK, "this is WSL, and git asks the helper of Windows for {0}"),
  WSL_WINDOWS_UNUSED(
      "wsl-windows-helper",
      Severity.INFO,
      "this is WSL, and Windows has this helper too: with it, both share one keychain",
      "git-credential-pat configure"),
  WSL_LINUX(
      "wsl",
      Severity.INFO,
      "this is WSL, and Windows has no such helper: tokens are kept on the Linux side",
      "on Windows: powershell -ExecutionPolicy Bypass -File install\\install.ps1, then here:"
          + " git-credential-pat configure"),

  NOT_LOOKED_AT(
      "not-looked-at",
      Severity.WARN,
      "a part of this could not be looked at",
      "git-credential-pat doctor --trace, which says why; do not publish that");

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

  /** What was found, in plain words. */
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
