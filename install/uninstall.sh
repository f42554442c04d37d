#!/bin/sh
# Takes git-credential-pat out again, and puts git's configuration back to what it was. The tokens stay.
#
#   install/uninstall.sh [--prefix DIR] [--purge]
#
# --prefix DIR  where it was installed (default ~/.local)
# --purge       remove the tokens as well, from every keychain, after asking
set -eu
# shellcheck source=install/common.sh
. "$(dirname "$0")/common.sh"

find_home
prefix=$HOME/.local purge=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || fail '--prefix needs a folder'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --purge) purge=yes ;;
    -h | --help)
      sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *) fail "unknown option $1; uninstall.sh --help lists them" ;;
  esac
  shift
done
locate
data=${XDG_DATA_HOME:-$HOME/.local/share}/git-credential-pat
state=${XDG_STATE_HOME:-$HOME/.local/state}/git-credential-pat

# While the program is still there: only it knows every keychain.
purge_tokens() {
  [ -x "$command" ] || fail "$command is not there, and only it can remove tokens from a keychain; install it again, or repeat without --purge"
  printf 'Remove every token that git-credential-pat keeps on this machine? They stay good at the service. [y/N] '
  answer=
  read -r answer || true
  case $answer in
    y | Y | yes) ;;
    *) fail 'nothing is removed; repeat without --purge to keep the tokens' ;;
  esac
  unset GIT_CREDENTIAL_PAT_STORE
  "$command" logout --all --yes || fail 'not every token could be removed, so nothing else is; unlock the keychain and repeat'
  rm -rf "$data" "$state"
}

unconfigure() {
  # Without git there is nothing that would read its configuration.
  command -v git >/dev/null 2>&1 || return 0
  [ ! -x "$command" ] || "$command" unconfigure || fail "git's configuration could not be put back; see the line above"
  git config --global --get-regexp '^credential\..*helper$' 2>/dev/null | grep -qF "$helper" || return 0
  # A build from before it knew how to, or one that is broken.
  fail "git's configuration still names $command; type install/install.sh and repeat"
}

[ "$purge" = no ] || purge_tokens
if [ ! -e "$library" ] && [ ! -L "$command" ]; then
  say "Nothing is installed under $prefix."
fi
unconfigure
# Only what the installer made: a link into our own folder.
case $(readlink "$command" 2>/dev/null || true) in
  "$library"/*) rm -f "$command" ;;
esac
remove_unfinished_links
remove_document_links
rm -rf "$library"
# Folders that the installer may have made; others hold more and stay.
rmdir "$prefix/bin" "$prefix/lib" "$prefix" 2>/dev/null || true
if [ "$purge" = yes ]; then
  say 'git-credential-pat and its tokens are gone.'
else
  say 'git-credential-pat is gone. The tokens are kept; install it again to use or remove them.'
fi
