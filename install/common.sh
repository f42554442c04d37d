# What the scripts beside this one share: where things lie, and git's configuration.
# shellcheck shell=sh disable=SC2034,SC2154

# The URLs for which git asks this helper: Azure DevOps, its feed and service hosts, and the old name. In
# git's patterns a star is one label.
AZURE_URLS='https://dev.azure.com https://*.dev.azure.com https://*.visualstudio.com https://*.*.visualstudio.com'

# A locale in which names of files may hold any letter; macOS has it under this name only.
case $(uname -s) in
  Darwin) UTF8_LOCALE=en_US.UTF-8 ;;
  *) UTF8_LOCALE=C.UTF-8 ;;
esac

say() {
  printf '%s\n' "$1"
}

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# Sets HOME where a bare environment has none.
find_home() {
  if [ -z "${HOME:-}" ]; then
    HOME=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6) || HOME=
    [ -n "$HOME" ] || fail 'HOME is not set; set it to your home folder and repeat'
    export HOME
  fi
}

# Prints every JDK that may do, newest first: a number made of its version, and its folder.
find_jdks() {
  {
    [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
    javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f "$javac" 2>/dev/null) && printf '%s\n' "${javac%/bin/javac}"
    for found in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/openjdk-* /opt/* /opt/java/* \
      "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* \
      "$HOME"/.asdf/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
      "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
      /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
      printf '%s\n' "$found"
    done
  } | while IFS= read -r jdk; do
    if [ ! -x "$jdk/bin/javac" ] || [ ! -x "$jdk/bin/jlink" ] || [ ! -r "$jdk/release" ]; then
      continue
    fi
    jdk=$(cd "$jdk" && pwd -P)
    version=$(sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$jdk/release" \
      | awk -F. '$1 >= 17 { printf "%04d%04d%04d", $1, $2, $3 }')
    [ -z "$version" ] || printf '%s %s\n' "$version" "$jdk"
  done | awk '!seen[$0]++' | sort -s -r -k 1,1
}

# Sets where an installation below $prefix lies:
# $command  the file that git calls, a link into the newest build
# $library  a folder with one image per build, and notes about what was changed outside
# $notes    what git's configuration was before
# $helper   $command as git's configuration has it: for sh, and as a path, so quoted by backslashes
locate() {
  # shellcheck disable=SC2088
  case $prefix in
    /*) ;;
    '~/'*) prefix=$HOME/${prefix#'~/'} ;;
    *) prefix=$PWD/$prefix ;;
  esac
  prefix=${prefix%/}
  case $prefix in
    *:* | *'
'*) fail "a class path cannot hold $prefix; choose a folder without colons" ;;
  esac
  command=$prefix/bin/git-credential-pat
  library=$prefix/lib/git-credential-pat
  notes=$library/git-configuration
  quote_command
}

# Sets $helper from $command.
quote_command() {
  # Byte by byte, so that it comes out the same in every locale.
  helper=$(printf '%s' "$command" | LC_ALL=C sed 's/[][ 	"'\''$`\\&;|<>()*?#~=%{}!^]/\\&/g')
}

# Whether a process still runs from the image. Where nobody can tell, it says yes.
is_in_use() {
  if [ -d /proc/self ]; then
    # shellcheck disable=SC2010
    ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF " $1/runtime/bin/"
  else
    # macOS has no /proc. Not grep, which would find itself.
    processes=$(ps -A -ww -o command= 2>/dev/null) || return 0
    printf '%s\n' "$processes" \
      | PROGRAM=$1/runtime/bin/ awk 'index($0, ENVIRON["PROGRAM"]) == 1 { found = 1 } END { exit !found }'
  fi
}

# Makes ours the only helper that git asks for $1 (a URL, or nothing for all hosts): an empty line, which
# clears what was configured before, then ours. Lines of others stay where they are, out of action. A line
# of ours that is there already stays as well, with any options that somebody added to it.
add_helper() {
  ! is_effective "$1" || return 0
  key=credential.${1:+$1.}helper
  remove_helper "$1"
  git config --global --add "$key" ''
  git config --global --add "$key" "$helper"
  ! is_effective "$1" || return 0
  # Helpers for all hosts that stand further down in the file would be asked as well, and be given every
  # token: our lines have to come after them, in a section of their own at the end.
  remove_helper "$1"
  file=$(git config --global --show-origin --name-only --list | sed -n '1s/^file:\(.*\)	.*/\1/p')
  [ -w "$file" ] || fail "git's configuration cannot be written; remove the credential.helper lines from it and repeat"
  section=$(mktemp)
  git config --file "$section" --add "$key" ''
  git config --file "$section" --add "$key" "$helper"
  { echo; cat "$section"; } >>"$file"
  rm -f "$section"
}

# Whether git's own reading of its global configuration for $1 ends at our line.
is_effective() {
  git config --global --get-regexp '^credential\..*helper$' 2>/dev/null \
    | KEY=credential.${1:+$1.}helper OURS=$helper awk '
      $1 == ENVIRON["KEY"] || $1 == "credential.helper" {
        value = substr($0, length($1) + 2)
        if (value == "") { ours = others = 0 }
        else if (value == ENVIRON["OURS"] || index(value, ENVIRON["OURS"] " ") == 1) { ours = 1 }
        else { others = 1 }
      }
      END { exit !(ours && !others) }'
}

# Takes our lines out of the helpers of $1, each with the empty one before it.
remove_helper() {
  key=credential.${1:+$1.}helper
  before=$(git config --global --get-all "$key" 2>/dev/null && printf .) || return 0
  printf '%s' "${before%.}" | is_ours >/dev/null || return 0
  after=$(printf '%s' "${before%.}" | without_ours && printf .)
  if printf '%s' "${after%.}" | grep -q '^$'; then
    # A person's own empty line cannot be told from ours but by its place: all are written anew.
    git config --global --unset-all "$key"
    printf '%s' "${after%.}" | while IFS= read -r line; do
      git config --global --add "$key" "$line"
    done
  else
    ours=$(printf '%s' "$helper" | LC_ALL=C sed 's/[][\\.*^$+?(){}|]/\\&/g')
    git config --global --unset-all "$key" "^$ours( |\$)"
    git config --global --unset-all "$key" '^$' || true
  fi
}

# Prints the lines that name our command, with or without options; fails when there is none.
is_ours() {
  OURS=$helper awk 'ENVIRON["OURS"] == $0 || index($0, ENVIRON["OURS"] " ") == 1 { print; n++ } END { exit !n }'
}

# Prints all lines but ours and one empty line before each.
without_ours() {
  OURS=$helper awk '
    function flush() { if (held) print last; held = 0 }
    ENVIRON["OURS"] == $0 || index($0, ENVIRON["OURS"] " ") == 1 { if (held && last != "") print last; held = 0; next }
    { flush(); last = $0; held = 1 }
    END { flush() }'
}
