#!/bin/sh
# Lays out a native image of git-credential-pat as build-image.sh does a Java runtime: what runs it, copies it
# or packs it need not know which of the two it has.
#
#   build-native.sh --binary FILE --java-home JDK --jars DIR --to DIR
#
# --binary  what GraalVM made; `mvn -Pnative package` makes it and calls this
# JDK       any JDK, whose jar command takes JNA's jar apart
# --jars    the folder with the jars that the image was made from
# --to      the image; an older one is replaced. A moved one runs too
#
# What it holds: bin/git-credential-pat, which is the launcher, lib/git-credential-pat, JNA's native part beside
# it, pip/, nuget/, and licenses/ of all that is in it.
set -eu
umask 022
case $(uname -s) in
  Darwin) locale=en_US.UTF-8 platform=darwin library=libjnidispatch.jnilib ;;
  *) locale=C.UTF-8 platform=linux library=libjnidispatch.so ;;
esac
export LC_ALL=$locale

fail() {
  printf 'build-native.sh: %s\n' "$1" >&2
  exit 1
}

binary='' java_home='' jars='' image=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case $1 in
    --binary) binary=$2 ;;
    --java-home) java_home=$2 ;;
    --jars) jars=$2 ;;
    --to) image=$2 ;;
    *) fail "unknown option $1; see the head of this file" ;;
  esac
  shift 2
done
if [ -z "$binary" ] || [ -z "$java_home" ] || [ -z "$jars" ] || [ -z "$image" ]; then
  fail '--binary, --java-home, --jars and --to are all needed'
fi
[ -x "$binary" ] || fail "$binary is no program; mvn -Pnative package makes it, with GraalVM"
[ -x "$java_home/bin/jar" ] || fail "$java_home has no jar command; a full JDK is needed"
if [ -e "$image" ]; then
  if [ ! -x "$image/bin/git-credential-pat" ] || [ ! -x "$image/lib/git-credential-pat" ]; then
    fail "$image is there and is not a native image"
  fi
  rm -rf "$image"
fi

here=$(cd "$(dirname "$0")" && pwd)
jars=$(cd "$jars" && pwd)
java_home=$(cd "$java_home" && pwd)
mkdir -p "$image/bin" "$image/lib" "$image/licenses"
image=$(cd "$image" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

copy_native() {
  cp "$binary" "$image/lib/git-credential-pat"
  chmod 755 "$image/lib/git-credential-pat"
  case $(uname -m) in
    x86_64 | amd64) arch=x86-64 ;;
    arm64 | aarch64) arch=aarch64 ;;
    *) arch=$(uname -m) ;;
  esac
  set -- "$jars"/jna-[0-9]*.jar
  [ -f "$1" ] || fail "$jars holds no JNA"
  (cd "$work" && "$java_home/bin/jar" --extract --file "$1" "com/sun/jna/$platform-$arch/$library")
  [ -f "$work/com/sun/jna/$platform-$arch/$library" ] || fail "JNA has no native part for $platform-$arch"
  cp "$work/com/sun/jna/$platform-$arch/$library" "$image/lib/"
}

copy_launcher() {
  cp -R "$here/pip" "$here/nuget" "$image/"
  # As one word of sh, then as the right side of sed's s command.
  quoted=$(printf '%s' "$image" | sed "s/'/'\\\\''/g; s/.*/'&'/" | sed 's/[\\&|]/\\&/g')
  sed "s|@HOME@|$quoted|; s|@LOCALE@|$locale|" "$here/native/git-credential-pat" >"$image/bin/git-credential-pat"
  chmod 755 "$image/bin/git-credential-pat"
}

# The texts are in the jars, which an image does not bring along.
copy_licenses() {
  cp "$here/../LICENSE" "$here/package/copyright" "$image/licenses/"
  for jar in "$jars"/*.jar; do
    mkdir "$work/texts"
    (cd "$work/texts" && "$java_home/bin/jar" --extract --file "$jar" META-INF)
    find "$work/texts" -type f \( -name '*LICENSE*' -o -name '*NOTICE*' -o -name AL2.0 -o -name LGPL2.1 \) \
      | while read -r text; do
        name=${jar##*/}
        cp "$text" "$image/licenses/${name%.jar}.${text##*/}"
      done
    rm -rf "$work/texts"
  done
}

copy_native
copy_launcher
copy_licenses
# What a checkout keeps to its owner is installed for everybody.
chmod -R a+rX "$image"
