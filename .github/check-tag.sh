#!/bin/sh
# Whether a tag is the version that pom.xml has, and prints that: check-tag.sh v1.2.0
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n '/<artifactId>git-credential-pat</,/<version>/s/.*<version>\(.*\)<\/version>.*/\1/p' pom.xml | sed -n 1p)
case ${1:-} in
  "v$version") ;;
  *)
    printf 'check-tag.sh: the tag is %s and pom.xml has the version %s\n' "${1:-missing}" "$version" >&2
    exit 1
    ;;
esac
case $version in
  *-SNAPSHOT)
    printf 'check-tag.sh: %s is not a version to release\n' "$version" >&2
    exit 1
    ;;
esac
printf '%s\n' "$version"
