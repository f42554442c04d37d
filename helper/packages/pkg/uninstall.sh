#!/bin/sh
# Removes what the macOS package installed:
#
#   sudo /usr/local/lib/git-credential-pat/uninstall.sh
#
# Before that, each person types "git-credential-pat unconfigure". Tokens stay where they are kept.
set -eu
# For tests: the folder that stands for /.
root=${GIT_CREDENTIAL_PAT_ROOT:-}
link=$root/usr/local/bin/git-credential-pat
library=$root/usr/local/lib/git-credential-pat
if [ ! -w "$library" ]; then
  printf 'uninstall.sh: %s belongs to the system; type: sudo %s\n' "$library" "$0" >&2
  exit 1
fi
# Only our own link: another git-credential-pat may be there by now.
case $(readlink "$link" 2>/dev/null || true) in
  ../lib/git-credential-pat/*) rm -f "$link" ;;
esac
rm -rf "$library"
if command -v pkgutil >/dev/null 2>&1; then
  pkgutil --forget @IDENTIFIER@ >/dev/null 2>&1 || true
fi
echo 'git-credential-pat is removed.'
