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
# What it holds: bin/git-credential-pat, which is the program and needs no launcher, JNA's native part in lib/,
# pip/, nuget/, and licenses/ of all that is in it.
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"
use_utf8_locale
case $(uname -s) in
  Darwin) platform=darwin library=libjnidispatch.jnilib ;;
  *) platform=linux library=libjnidispatch.so ;;
esac

binary='' java_home='' jars='' to=''
read_options 'binary java-home jars to' '' "$@"
image=$to
[ -x "$binary" ] || fail "$binary is no program; mvn -Pnative package makes it, with GraalVM"
[ -x "$java_home/bin/jar" ] || fail "$java_home has no jar command; a full JDK is needed"
if [ -e "$image" ]; then
  if [ ! -x "$image/bin/git-credential-pat" ] || [ ! -f "$image/lib/$library" ] || [ -d "$image/runtime" ]; then
    fail "$image is there and is not a native image"
  fi
  rm -rf "$image"
fi

jars=$(cd "$jars" && pwd)
java_home=$(cd "$java_home" && pwd)
mkdir -p "$image/bin" "$image/lib" "$image/licenses"
image=$(cd "$image" && pwd)
make_work_folder

copy_program() {
  cp "$binary" "$image/bin/git-credential-pat"
  chmod 755 "$image/bin/git-credential-pat"
  cp -R "$helper/frontends/pip" "$helper/frontends/nuget" "$image/"
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

# The texts are in the jars, which an image does not bring along.
copy_licenses() {
  cp "$project/LICENSE" "$helper/packages/copyright" "$image/licenses/"
  for jar in "$jars"/*.jar; do
    mkdir "$work/texts"
    (cd "$work/texts" && "$java_home/bin/jar" --extract --file "$jar" META-INF)
    find "$work/texts" -type f \( -name '*LICENSE*' -o -name '*NOTICE*' -o -name AL2.0 -o -name LGPL2.1 \) \
      | while read -r text; do
        library=${jar##*/}
        cp "$text" "$image/licenses/${library%.jar}.${text##*/}"
      done
    rm -rf "$work/texts"
  done
}

copy_program
copy_licenses
# What a checkout keeps to its owner is installed for everybody.
chmod -R a+rX "$image"
