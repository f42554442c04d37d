#!/bin/sh
# Makes the macOS installer's package of an image, on macOS.
#
#   build-pkg.sh --image DIR --version VERSION --to FILE.pkg [--sign IDENTITY]
#
# --image    what build-image.sh or build-native.sh made
# --version  such as 1.2.0 or 1.3.0-SNAPSHOT
# --sign     a "Developer ID Installer" of the login keychain; docs/security.md says what else signing takes
#
# The package puts the image in /usr/local/lib/git-credential-pat and a link into /usr/local/bin; of a Java runtime
# its postinstall makes the archives of loaded classes there. uninstall.sh, in the image, removes all of it.
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"
identifier=io.github.gitcredentialpat.git-credential-pat

image='' version='' to='' sign=''
read_options 'image version to' sign "$@"
[ -x "$image/bin/$name" ] || fail "$image is not an image"
for tool in pkgbuild productbuild; do
  command -v "$tool" >/dev/null 2>&1 || fail "$tool is missing; a package is built on macOS"
done
case $(uname -m) in
  x86_64) arch=x86_64 ;;
  *) arch=arm64 ;;
esac
make_work_folder

# Fills in the words between @ signs of the file $1.
fill_in() {
  sed "s|@VERSION@|$version|g; s|@IDENTIFIER@|$identifier|g; s|@ARCH@|$arch|g" "$1"
}

library=$work/root/usr/local/lib/$name
mkdir -p "$work/root/usr/local/lib" "$work/root/usr/local/bin"
"$helper/image/copy-image.sh" --image "$image" --to "$library" --home "/usr/local/lib/$name"
mkdir -p "$library/licenses"
cp "$project/LICENSE" "$here/copyright" "$library/licenses/"
fill_in "$here/pkg/uninstall.sh" >"$library/uninstall.sh"
ln -s "../lib/$name/bin/$name" "$work/root/usr/local/bin/$name"
fill_in "$here/pkg/distribution.xml" >"$work/distribution.xml"
chmod 755 "$library/uninstall.sh"
set --
if [ -d "$image/runtime" ]; then
  mkdir "$work/scripts"
  fill_in "$here/pkg/postinstall" >"$work/scripts/postinstall"
  chmod 755 "$work/scripts/postinstall"
  set -- --scripts "$work/scripts"
fi
pkgbuild --root "$work/root" --identifier "$identifier" --version "$version" --ownership recommended \
  "$@" --install-location / "$work/$name.pkg" >&2
mkdir -p "$(dirname "$to")"
set -- --distribution "$work/distribution.xml" --package-path "$work"
[ -z "$sign" ] || set -- "$@" --sign "$sign" --timestamp
productbuild "$@" "$to" >&2
