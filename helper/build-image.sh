#!/bin/sh
# Makes a runnable image of git-credential-pat: a Java runtime of its own, the jars, JNA's native part,
# the launcher and the archive of loaded classes.
#
#   build-image.sh --java-home JDK --jars DIR --to DIR
#
# JDK     the JDK (17 or newer) whose runtime is taken
# --jars  a folder with git-credential-pat.jar and the jars it needs
# --to    the image; an older one is replaced. It should stay where it is made: a moved one runs, but Java
#         may refuse its archive then, which costs 80 ms
#
# What the image holds: bin/git-credential-pat, jvm.options, security.properties,
# runtime/, lib/, app.jsa and, from Java 24 on, store.jsa.
# Single quotes: much in here is for the shell that will run the launcher.
# shellcheck disable=SC2016
set -eu
umask 022
# In any other locale Java's tools write no path with an umlaut.
case $(uname -s) in
  Darwin) locale=en_US.UTF-8 stores='file keychain keychain,file' ;;
  *) locale=C.UTF-8 stores='file secretservice secretservice,file' ;;
esac
export LC_ALL=$locale

# All that the program and its libraries use; the only place that names it.
# java.logging: JNA's main class wants it; java.net.http and jdk.crypto.ec: commands that ask Azure DevOps.
modules=java.base,java.logging,java.net.http,jdk.crypto.ec

fail() {
  printf 'build-image.sh: %s\n' "$1" >&2
  exit 1
}

java_home='' jars='' image=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case $1 in
    --java-home) java_home=$2 ;;
    --jars) jars=$2 ;;
    --to) image=$2 ;;
    *) fail "unknown option $1; see the head of this file" ;;
  esac
  shift 2
done
if [ -z "$java_home" ] || [ -z "$jars" ] || [ -z "$image" ]; then
  fail '--java-home, --jars and --to are all needed'
fi
[ -x "$java_home/bin/jlink" ] || fail "$java_home has no jlink; a full JDK is needed"
[ -f "$jars/git-credential-pat.jar" ] || fail "$jars holds no git-credential-pat.jar"
if [ -e "$image" ]; then
  if [ ! -x "$image/bin/git-credential-pat" ] || [ ! -d "$image/runtime" ]; then
    fail "$image is there and is not an image"
  fi
  rm -rf "$image"
fi

here=$(cd "$(dirname "$0")" && pwd)
jars=$(cd "$jars" && pwd)
mkdir -p "$image"
image=$(cd "$image" && pwd)
case $image in
  *:* | *'
'*) fail "a class path cannot hold $image; choose a folder without colons" ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

# A line of the JDK's release file, such as OS_ARCH="x86_64".
release() {
  sed -n "s/^$1=\"\(.*\)\".*/\1/p" "$java_home/release"
}

build_runtime() {
  "$java_home/bin/jlink" --add-modules "$modules" --output "$image/runtime" \
    --strip-debug --no-header-files --no-man-pages --generate-cds-archive >"$work/jlink.log" 2>&1 \
    || { cat "$work/jlink.log" >&2; fail "jlink of $java_home failed"; }
  # Archives for object layouts that a heap of 64 MB never has.
  rm -f "$image"/runtime/lib/server/classes_*.jsa
}

copy_jars() {
  mkdir "$image/lib"
  cp "$jars"/*.jar "$image/lib/"
  # The class path is spelled out, what git's operations need first: Java would read lib/* in any order, and
  # refuse its archive.
  class_path='$home/lib/git-credential-pat.jar'
  for jar in "$image"/lib/jna-[0-9]*.jar "$image"/lib/*.jar; do
    name=${jar##*/}
    case $class_path: in
      *"/$name:"*) ;;
      *) class_path="$class_path:\$home/lib/$name" ;;
    esac
  done
}

# Unpacks libjnidispatch for the platform of the JDK, under JNA's name for it.
unpack_native() {
  case $(release OS_ARCH) in
    x86_64 | amd64) arch=x86-64 ;;
    *) arch=$(release OS_ARCH) ;;
  esac
  case $(release OS_NAME) in
    Darwin) platform=darwin-$arch library=libjnidispatch.jnilib ;;
    *) platform=linux-$arch library=libjnidispatch.so ;;
  esac
  set -- "$jars"/jna-[0-9]*.jar
  (cd "$work" && "$java_home/bin/jar" --extract --file "$1" "com/sun/jna/$platform/$library")
  [ -f "$work/com/sun/jna/$platform/$library" ] || fail "JNA has no native part for $platform"
  cp "$work/com/sun/jna/$platform/$library" "$image/lib/"
}

copy_launcher() {
  cp "$here/jvm.options" "$here/security.properties" "$image/"
  mkdir "$image/bin"
  # As one word of sh, then as the right side of sed's s command.
  quoted=$(printf '%s' "$image" | sed "s/'/'\\\\''/g; s/.*/'&'/" | sed 's/[\\&|]/\\&/g')
  sed "s|@HOME@|$quoted|; s|@CLASSPATH@|$class_path|; s|@LOCALE@|$locale|" "$here/git-credential-pat" \
    >"$image/bin/git-credential-pat"
  chmod 755 "$image/bin/git-credential-pat"
}

# Runs the image as git would, in an empty home and on a bus that is not there, and notes the classes it
# loads in a file of its own. Its exit status says nothing: a store that is not there is part of it.
train() {
  runs=$((runs + 1))
  CLASS_LIST=$work/classes.$runs
  printf '%s\n' protocol=https host=dev.azure.com path=git-credential-pat/training 'capability[]=authtype' \
    'capability[]=state' 'wwwauth[]=Bearer' 'wwwauth[]=Basic realm="training"' "$request" \
    | env -u GIT_CREDENTIAL_PAT_STORE -u GIT_CREDENTIAL_PAT_TRACE -u GIT_CREDENTIAL_PAT_TOKEN \
      HOME="$work/home" XDG_DATA_HOME="$work/home/data" XDG_STATE_HOME="$work/home/state" \
      XDG_RUNTIME_DIR="$work/home" DBUS_SESSION_BUS_ADDRESS="unix:path=$work/no-bus" \
      GIT_TERMINAL_PROMPT=0 DISPLAY='' WAYLAND_DISPLAY='' \
      "$work/trainer" "$@" >>"$work/train.log" 2>&1 || true
  [ -s "$CLASS_LIST" ] || { cat "$work/train.log" >&2; fail "the new image does not run: $*"; }
}

# The launcher with other words where it names the archive, so that its command line is always the one
# that is trained and dumped.
launcher_with() {
  sed "s|\"\$archive\"|$1|" "$image/bin/git-credential-pat" >"$2"
  chmod 755 "$2"
}

# Makes app.jsa, and store.jsa, from the classes of all these runs together. (An AOT cache would come from
# one run only.)
build_archive() {
  mkdir -m 700 "$work/home"
  launcher_with '"-XX:DumpLoadedClassList=$CLASS_LIST"' "$work/trainer"
  runs=0
  export CLASS_LIST
  for store in $stores; do
    request=''
    train --store "$store" capability
    train --store "$store" get
    request='username=training
password=not-a-token'
    train --store "$store" store
    request=''
    train --store "$store" get
    train --store "$store" erase
  done
  # What Java 25 writes behind a name only holds within one list. Our own classes are all taken, for
  # without a keychain the runs do not come to those that read its answers.
  {
    sed 's/ id: .*//' "$work"/classes.*
    "$java_home/bin/jar" --list --file "$image/lib/git-credential-pat.jar" \
      | sed -n '/\/\(azure\|command\)\//d; s/\.class$//p' | grep -v package-info
  } | awk '!seen[$0]++' >"$work/classes"

  # From Java 24 on an archive can keep classes linked, as in an AOT cache: all of them are loaded at once
  # then, which is quickest for a run that needs most, and a waste for a store that needs few.
  if "$image/runtime/bin/java" -XX:+AOTClassLinking -version >/dev/null 2>&1; then
    dump store.jsa -XX:-AOTClassLinking
    dump app.jsa -XX:+AOTClassLinking
  else
    dump app.jsa ''
  fi
}

# Makes the archive $1 from the list of classes, with the option $2.
dump() {
  # G1 writes the heap's part of an archive under every Java, and the serial collector reads it.
  options="-Xshare:dump -XX:-UseSerialGC -XX:+UseG1GC $2"
  launcher_with "$options \"-XX:SharedClassListFile=\$CLASS_LIST\" \"-XX:SharedArchiveFile=\$ARCHIVE\"" "$work/dumper"
  export ARCHIVE="$image/$1.part"
  CLASS_LIST=$work/classes
  if ! "$work/dumper" >"$work/dump.log" 2>&1 || [ ! -s "$ARCHIVE" ]; then
    cat "$work/dump.log" >&2
    fail 'the archive of loaded classes could not be made'
  fi
  chmod 644 "$ARCHIVE"
  # Java checks an archive's head only, so half of one must never be seen.
  mv "$ARCHIVE" "$image/$1"
}

build_runtime
copy_jars
unpack_native
copy_launcher
build_archive
