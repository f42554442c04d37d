# What the scripts in the folders beside this file share; each reads it first.
# shellcheck shell=sh disable=SC2034
set -eu
umask 022
name=git-credential-pat
here=$(cd "$(dirname "$0")" && pwd)
helper=$(cd "$here/.." && pwd)
project=$(cd "$helper/.." && pwd)

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# Reads --name value pairs: needed and optional ones, then the words. Each value goes into a variable of the
# option's name, --java-home's into java_home.
read_options() {
  needed=$1 known="$1 $2"
  shift 2
  while [ $# -gt 0 ]; do
    read_option "$@"
    shift 2
  done
  need_options
}

# Reads the pair at the beginning of the words, if it is one of $known.
read_option() {
  for option in $known; do
    [ "$1" = "--$option" ] || continue
    [ $# -ge 2 ] || fail "$1 needs a value"
    eval "$(variable "$option")=\$2"
    return
  done
  fail "unknown option $1; see the head of this file"
}

# Ends the script if one of $needed was not given.
need_options() {
  for option in $needed; do
    eval "[ -n \"\${$(variable "$option"):-}\" ]" || fail "--$option is needed; see the head of this file"
  done
}

# The variable of an option.
variable() {
  printf '%s' "$1" | tr - _
}

# Makes $work, a folder for temporary files, which goes when the script ends.
make_work_folder() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
}

# In any other locale Java's tools write no path with an umlaut. macOS has it under this name only.
use_utf8_locale() {
  case $(uname -s) in
    Darwin) locale=en_US.UTF-8 ;;
    *) locale=C.UTF-8 ;;
  esac
  export LC_ALL=$locale
}

# Prints $1 as one word of sh.
quote_for_sh() {
  printf '%s' "$1" | sed "s/'/'\\\\''/g; s/.*/'&'/"
}

# Prints $1 as the right side of sed's s command, between | signs.
quote_for_sed() {
  printf '%s' "$1" | sed 's/[\\&|]/\\&/g'
}
