#!/bin/sh
# Makes the macOS installer's package of an image, on macOS.
#
#   build-pkg.sh --image DIR --version VERSION --to FILE.pkg [--sign IDENTITY]
#
# --image    what build-image.sh or build-native.sh made
# --version  such as 1.2.0 or 1.3.0-SNAPSHOT
# --sign     a "Developer ID Installer" of the login keychain; docs/security.md says what else signing takes
#
# The package puts the image in /usr/local/lib/git-credential-pat and a link into /usr/local/bin; its
# postinstall makes the archives of loaded classes there. uninstall.sh, in the image, removes all of it.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
name=git-credential-pat
identifier=io.github.gitcredentialpat.git-credential-pat

fail() {
  printf 'build-pkg.sh: %s\n' "$1" >&2
  exit 1
}

image='' version='' to='' sign=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case $1 in
    --image) image=$2 ;;
    --version) version=$2 ;;
    --to) to=$2 ;;
    --sign) sign=$2 ;;
    *) fail "unknown option $1; see the head of this file" ;;
  esac
  shift 2
done
if [ -z "$image" ] || [ -z "$version" ] || [ -z "$to" ]; then
  fail '--image, --version and --to are all needed'
fi
[ -x "$image/bin/$name" ] || fail "$image is not an image"
for tool in pkgbuild productbuild; do
  command -v "$tool" >/dev/null 2>&1 || fail "$tool is missing; a package is built on macOS"
done
case $(uname -m) in
  x86_64) arch=x86_64 ;;
  *) arch=arm64 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Fills in the words between @ signs of the file $1.
fill_in() {
  sed "s|@VERSION@|$version|g; s|@IDENTIFIER@|$identifier|g; s|@ARCH@|$arch|g" "$1"
}

library=$work/root/usr/local/lib/$name
mkdir -p "$library" "$work/root/usr/local/bin" "$work/scripts" "$library/licenses"
cp -R -P "$image/." "$library/"
# The archives belong to the folder where they were made.
rm -f "$library"/*.jsa "$library"/*.jsa.part
sed "s|^home=.*|home=/usr/local/lib/$name|" "$image/bin/$name" >"$library/bin/$name"
cp "$here/../../LICENSE" "$here/../package/copyright" "$library/licenses/"
fill_in "$here/uninstall.sh" >"$library/uninstall.sh"
ln -s "../lib/$name/bin/$name" "$work/root/usr/local/bin/$name"
fill_in "$here/postinstall" >"$work/scripts/postinstall"
fill_in "$here/distribution.xml" >"$work/distribution.xml"
chmod 755 "$library/bin/$name" "$library/uninstall.sh" "$work/scripts/postinstall"
pkgbuild --root "$work/root" --identifier "$identifier" --version "$version" --ownership recommended \
  --scripts "$work/scripts" --install-location / "$work/$name.pkg" >&2
mkdir -p "$(dirname "$to")"
set -- --distribution "$work/distribution.xml" --package-path "$work"
[ -z "$sign" ] || set -- "$@" --sign "$sign" --timestamp
productbuild "$@" "$to" >&2
