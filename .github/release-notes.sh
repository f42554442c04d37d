#!/bin/sh
# Prints what CHANGELOG.md says of a version: release-notes.sh 1.2.0 [FILE]
set -eu
cd "$(dirname "$0")/.."
version=${1:?a version, as in 1.2.0}
changes=${2:-CHANGELOG.md}
# Its heading is the version, in brackets or not, and maybe a date.
notes=$(awk -v version="$version" '
  /^## / { heading = $2; gsub(/[][]/, "", heading); inside = heading == version; next }
  inside { print }' "$changes" | sed -e '/./,$!d')
if [ -z "$notes" ]; then
  printf 'release-notes.sh: %s has nothing under "## %s"\n' "$changes" "$version" >&2
  exit 1
fi
printf '%s\n' "$notes"
