#!/bin/sh
# Copies an image, of a Java runtime or a native one, to where it will run.
#
#   copy-image.sh --image DIR --to DIR [--home DIR]
#
# --image  what build-image.sh or build-native.sh made
# --to     a folder that is not there yet
# --home   where it will be by then (default: --to); its launcher looks for it there first
#
# The archives of loaded classes stay behind, since they belong to the folder where they were made: make-archives.sh
# in the copy makes new ones.
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"

image='' to='' home=''
read_options 'image to' home "$@"
[ -x "$image/bin/$name" ] || fail "$image is not an image"
[ ! -e "$to" ] || fail "$to is there already"
[ -n "$home" ] || home=$to
mkdir -p "$to"
cp -R -P "$image/." "$to/"
rm -f "$to"/*.jsa "$to"/*.jsa.part
# A launcher that is a script names its folder, so that it need not look for it; a program finds it by itself.
if [ "$(head -c 2 "$image/bin/$name")" = '#!' ]; then
  line=$(quote_for_sed "$(quote_for_sh "$home")")
  LC_ALL=C sed "s|^home=.*|home=$line|" "$image/bin/$name" >"$to/bin/$name"
fi
# What a checkout keeps to its owner is installed for everybody.
chmod -R u+w,a+rX "$to"
