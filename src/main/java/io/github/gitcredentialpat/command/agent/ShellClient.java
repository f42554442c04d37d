package io.github.gitcredentialpat.command.agent;

/**
 * A helper for git in a few lines of sh, for machines without this program: it hands on what git
 * asks, with what the machine has to talk to a Unix socket.
 */
final class ShellClient {
  private static final String SCRIPT =
      """
      #!/bin/sh
      # Git's credential helper where git-credential-pat is not installed: asks its agent. Needs socat, or nc -U.
      for operation; do :; done
      case ${operation:-} in OPERATIONS) ;; *) exit 0 ;; esac
      folder=${XDG_RUNTIME_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}}/git-credential-pat
      socket=${GIT_CREDENTIAL_PAT_SOCKET:-$folder/agent.sock}
      if command -v socat >/dev/null 2>&1; then
        ask() { socat -t 30 - "UNIX-CONNECT:$socket"; }
      else
        ask() { nc -w 30 -U "$socket"; }
      fi
      { echo "$operation"; cat; echo; } | ask | while IFS= read -r line; do
        case $line in
          message=*) printf 'git-credential-pat: %s\\n' "${line#message=}" >&2 ;;
          hint=*) printf 'hint: %s\\n' "${line#hint=}" >&2 ;;
          error=* | '') ;;
          *) printf '%s\\n' "$line" ;;
        esac
      done
      """;

  private ShellClient() {}

  /**
   * The script.
   *
   * @param writes whether it also tells the agent of new tokens; it always tells of refused ones
   */
  static String script(boolean writes) {
    return SCRIPT.replace("OPERATIONS", writes ? "get | store | erase" : "get | erase");
  }
}
